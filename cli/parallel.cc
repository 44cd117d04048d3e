#include "cli/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace touchstone::cli {

void ForEachOnAllCores(size_t count, const std::function<void(size_t)>& work) {
  // A few at a time: threads that finish early take what is left.
  constexpr size_t kGrain = 16;
  std::atomic<size_t> next = 0;
  const auto run = [&] {
    for (size_t begin = next.fetch_add(kGrain); begin < count; begin = next.fetch_add(kGrain)) {
      for (size_t i = begin; i < std::min(begin + kGrain, count); ++i) work(i);
    }
  };
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  const size_t helpers = std::min(cores, (count + kGrain - 1) / kGrain);
  std::vector<std::thread> threads;
  for (size_t i = 1; i < helpers; ++i) threads.emplace_back(run);
  run();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace touchstone::cli
