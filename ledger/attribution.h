// How much of a subject's gold came from where, by calculation: what went into a step is in each of its outputs in
// proportion. Nobody traces atoms through a melt; the parts are exact integers, and they sum to the whole.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/lineage.h"
#include "ledger/mass.h"
#include "touchstone/v1/lineage.pb.h"

namespace touchstone::ledger {

/// The part of the subject's gold that comes from one source lot.
struct SourcePart {
  const AncestryNode* source;  // in the ancestry; it has no inputs
  FineNg fine_ng = 0;
};

/// Divides `whole` in proportion to the weights, in order, so that the parts sum to it: each bound between two parts is
/// rounded down. All of it goes to the first where no weight is above zero. Requires a weight.
std::vector<FineNg> Divide(FineNg whole, const std::vector<uint64_t>& weights);

/// What every source lot of a whole ancestry (max_depth 0) contributed to its subject, by entry and output number.
/// Parts of zero are left out. Empty for a subject that is not determined.
std::vector<SourcePart> AttributeToSources(const Ancestry& ancestry);

/// The same summed by source lot, site, country, route and door. Countries are those of the sites, and of intakes as
/// they state them; what is not known has an empty key.
v1::Attribution Attribute(const View& view, const Ancestry& ancestry);

}  // namespace touchstone::ledger
