// A trace as a graph in the DOT language of Graphviz.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "touchstone/v1/verdict.pb.h"

namespace touchstone::cli {

/// One vertex for each of `nodes`, and one for each input that lies beyond them; an arrow leads from what went in to
/// what came out. `country_of` as in DrawTree. What others wrote stands in quoted labels alone, escaped. UTF-8.
std::string DrawDot(const std::vector<v1::TraceNode>& nodes, const std::map<std::string, std::string>& country_of);

/// `text` as a quoted id of DOT: quotes and backslashes escaped, line breaks as the escape for one.
std::string DotQuoted(std::string_view text);

}  // namespace touchstone::cli
