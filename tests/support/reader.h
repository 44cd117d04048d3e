// Whoever has a bundle and the ledger's key, and nothing else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/bundle.h"
#include "ledger/policy.h"
#include "tests/support/memory_ledger.h"

namespace touchstone::testing {

/// Where what a reader derives from bundle bytes differs from what was said of its subject, verdict, reasons in order,
/// evidence and words; empty where nothing does.
std::string WhereReaderDiffers(std::string_view bundle_bytes, const ledger::Trust& trust,
                               const std::vector<v1::Evaluation>& said);

/// The same between the bundle that the ledger makes of a subject and what the ledger says itself. The reader accepts
/// all the packs.
std::string WhereReaderDiffers(const MemoryLedger& ledger, std::string_view subject_id,
                               const std::vector<const ledger::Policy*>& packs);

/// The packs that come with the software.
std::vector<const ledger::Policy*> AllPacks();

/// A bundle of all entries of a log, whatever they say, under its good signature.
v1::Bundle Everything(const MemoryLedger& ledger, std::string_view subject_id,
                      const std::vector<const ledger::Policy*>& packs);

}  // namespace touchstone::testing
