// Things of the model and records of the rules in the same words: what is worded alike is alike.
#pragma once

#include <string>

#include "tests/property/ledger/model/world.h"

namespace touchstone::ledger::model {

std::string Describe(const Lot& lot);
std::string Describe(const v1::LotRecord& lot);

/// Which key signs for the log and which did, the ruleset, and the end.
std::string Describe(const Ledger& ledger);
std::string Describe(const v1::LedgerRecord& record);

std::string Describe(const Piece& piece);
std::string Describe(const v1::PieceRecord& piece);

std::string Describe(const Offer& offer);
std::string Describe(const v1::OfferRecord& offer);

std::string Describe(const Claim& claim);
std::string Describe(const v1::ClaimRecord& claim);

std::string Describe(const Device& device);
std::string Describe(const v1::DeviceRecord& record);

std::string Describe(const Output& output);
std::string Describe(const v1::OutputRecord& record);

std::string Describe(const Profile& profile);
std::string Describe(const v1::ProfileRecord& record);

/// Of a step that has a balance: what came out within which tolerance, loss and gain as the books have them, and what
/// is still to be assayed.
std::string Describe(const Step& step);
std::string Describe(const v1::StepRecord& step);

std::string Describe(const Account& account);
std::string Describe(const v1::AccountRecord& record);

/// Of the days that count on that one, as days since 1970.
std::string Describe(const std::map<int64_t, Worked>& days, int64_t today);
std::string Describe(const v1::MassBookRecord& book, int64_t today);

}  // namespace touchstone::ledger::model
