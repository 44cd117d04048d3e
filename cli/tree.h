// A trace drawn as a tree, the subject at its root and the mines at its leaves.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "touchstone/v1/verdict.pb.h"

namespace touchstone::cli {

/// Draws `nodes`, of which the first is the subject unless a time left it out: then each node of which nothing among
/// them was made is the root of a tree. A node that several others were made of is drawn in full once and named
/// afterwards. `country_of` knows the countries of sites and parties by their ids; ids may be absent. UTF-8,
/// every line with its newline.
std::string DrawTree(const std::vector<v1::TraceNode>& nodes, const std::map<std::string, std::string>& country_of);

}  // namespace touchstone::cli
