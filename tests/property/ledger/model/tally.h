// How many times each verb, reason and finding was met.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "touchstone/v1/reason.pb.h"

namespace touchstone::ledger::model {

struct Tally {
  std::map<std::string, std::pair<int, int>> verbs;  // tried, admitted
  std::map<v1::Reason, int> reasons;
  std::map<v1::FindingCode, int> findings;
  int tried = 0;
  int admitted = 0;
  int depth = 0;  // of the longest lineage

  void Add(const Tally& other);
  void Print() const;
};

}  // namespace touchstone::ledger::model
