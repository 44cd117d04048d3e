#include "services/workers.h"

#include <memory>
#include <utility>

#include "tbb/parallel_for.h"

namespace touchstone::services {
namespace {

/// Signatures take some 40 us each; a handful of them outweighs what handing them to a thread costs.
constexpr size_t kGrain = 4;

tbb::task_arena::priority PriorityOf(Urgency urgency) {
  switch (urgency) {
    case Urgency::kAdmission:
      return tbb::task_arena::priority::normal;
    case Urgency::kReads:
      return tbb::task_arena::priority::low;
  }
  return tbb::task_arena::priority::normal;
}

}  // namespace

Workers::Workers(int threads, Urgency urgency)
    : parallelism_(tbb::global_control::max_allowed_parallelism, static_cast<size_t>(threads) + 1),
      arena_(threads, /*reserved_for_masters=*/0, PriorityOf(urgency)) {}

Workers::~Workers() { Wait(); }

void Workers::Run(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    ++tasks_;
  }
  auto held = std::make_shared<std::function<void()>>(std::move(task));
  arena_.enqueue([this, held] {
    (*held)();
    // What the task holds (a snapshot keeps its store open) must be gone before anybody is told that it is done.
    *held = nullptr;
    const std::lock_guard lock(mutex_);
    if (--tasks_ == 0) idle_.notify_all();
  });
}

void Workers::ForEach(size_t count, const std::function<void(size_t)>& body) {
  if (count <= kGrain) {
    for (size_t i = 0; i < count; ++i) body(i);
    return;
  }
  // Isolated: while it waits, this thread takes no other task, whose waiter would then wait for this one too.
  tbb::this_task_arena::isolate([&] {
    tbb::parallel_for(tbb::blocked_range<size_t>(0, count, kGrain), [&](const tbb::blocked_range<size_t>& range) {
      for (size_t i = range.begin(); i != range.end(); ++i) body(i);
    });
  });
}

void Workers::Wait() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return tasks_ == 0; });
}

}  // namespace touchstone::services
