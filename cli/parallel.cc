#include "cli/parallel.h"

#include "tbb/blocked_range.h"
#include "tbb/parallel_for.h"

namespace touchstone::cli {

void ForEachOnAllCores(size_t count, const std::function<void(size_t)>& work) {
  // A few at a time: threads that finish early take what is left.
  constexpr size_t kGrain = 16;
  tbb::parallel_for(tbb::blocked_range<size_t>(0, count, kGrain), [&work](const tbb::blocked_range<size_t>& range) {
    for (size_t i = range.begin(); i != range.end(); ++i) work(i);
  });
}

}  // namespace touchstone::cli
