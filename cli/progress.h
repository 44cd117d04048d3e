// How far long work has come, for people at a terminal.
#pragma once

#include <cstdint>
#include <ostream>
#include <string_view>

namespace touchstone::cli {

/// One line that is drawn over and over: `replaying [#####...............]  25 %  250 of 1000 entries`. Wiped out when
/// the object goes. Not thread-safe.
class ProgressBar {
 public:
  /// Draws nothing unless `shown`. `what` and the stream outlive the object.
  ProgressBar(std::ostream& err, bool shown, std::string_view what, uint64_t total)
      : err_(err), shown_(shown && total > 0), what_(what), total_(total) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  /// `done` of the total, which it does not exceed. Draws when the percentage is another than before.
  void Show(uint64_t done);

 private:
  std::ostream& err_;
  const bool shown_;
  const std::string_view what_;
  const uint64_t total_;
  int percent_ = -1;  // as drawn
};

}  // namespace touchstone::cli
