#include "cli/progress.h"

#include <string>

#include "fmt/format.h"

namespace touchstone::cli {
namespace {

/// Back to the first column, and nothing behind it.
constexpr std::string_view kWipe = "\r\x1b[K";

}  // namespace

ProgressBar::~ProgressBar() {
  if (percent_ >= 0) err_ << kWipe << std::flush;
}

void ProgressBar::Show(uint64_t done) {
  if (!shown_) return;
  const int percent = static_cast<int>(done * 100 / total_);
  if (percent == percent_) return;
  percent_ = percent;
  constexpr int kWidth = 20;
  const auto filled = static_cast<size_t>(percent * kWidth / 100);
  const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '.');
  err_ << kWipe << fmt::format("{} [{}] {:>3} %  {} of {} entries", what_, bar, percent, done, total_) << std::flush;
}

}  // namespace touchstone::cli
