// A bounded number of threads for work that must not be done on the threads that carry calls or on the sequencer's.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>

#include "tbb/global_control.h"
#include "tbb/task_arena.h"

namespace touchstone::services {

/// Which work goes first when there is more than the machine can do.
enum class Urgency {
  kAdmission,  // checks of signatures
  kReads,      // traces, verdicts and bundles
};

/// Runs tasks on at most `threads` threads. Thread-safe. The tasks must not throw.
class Workers {
 public:
  /// `threads` is 1 to limits::kMaxThreads.
  Workers(int threads, Urgency urgency);
  /// Waits for every task.
  ~Workers();

  /// Runs `task` soon, tasks in about the order in which they were given.
  void Run(std::function<void()> task);

  /// Called within a task: calls body(0) to body(count - 1), in parallel as far as threads are free, and returns when
  /// all have returned.
  void ForEach(size_t count, const std::function<void(size_t)>& body);

  /// Returns when no task is waiting or running.
  void Wait();

 private:
  /// The library otherwise counts on a caller that works too; here callers go away and leave the work to the workers.
  tbb::global_control parallelism_;
  tbb::task_arena arena_;
  std::mutex mutex_;
  std::condition_variable idle_;
  size_t tasks_ = 0;  // guarded by mutex_
};

}  // namespace touchstone::services
