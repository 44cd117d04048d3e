// Things of the model and records of the rules in the same words: what is worded alike is alike.
#pragma once

#include <string>
#include <vector>

#include "tests/property/ledger/model/world.h"

namespace touchstone::ledger::model {

std::string Describe(const std::vector<Hold>& holds);

std::string Describe(const Lot& lot);
std::string Describe(const v1::LotRecord& lot);

std::string Describe(const Piece& piece);
std::string Describe(const v1::PieceRecord& piece);

std::string Describe(const Output& output);
std::string Describe(const v1::OutputRecord& record);

/// Loss and gain as the books have them, and what is still to be assayed.
std::string Describe(const Step& step);
std::string Describe(const v1::StepRecord& step);

std::string Describe(const Account& account);
std::string Describe(const v1::AccountRecord& record);

}  // namespace touchstone::ledger::model
