// Work on all cores.
#pragma once

#include <cstddef>
#include <functional>

namespace touchstone::cli {

/// Calls `work` for every number below `count`, in any order and several at a time, and returns when all are done.
void ForEachOnAllCores(size_t count, const std::function<void(size_t)>& work);

}  // namespace touchstone::cli
