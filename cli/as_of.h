// Asking for answers as of an earlier log, and saying of what log an answer is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cli/options.h"
#include "cli/render.h"

namespace touchstone::cli {

/// What the options say; both 0 for the newest.
struct AsOfOptions {
  uint64_t size = 0;
  int64_t us = 0;
};

/// `--as-of` and `--as-of-date`, of which one may be given. A date alone means the end of that day in UTC.
std::shared_ptr<AsOfOptions> AddAsOf(CLI::App* command);

/// Puts what was asked for into a request.
template <typename Request>
void Ask(const AsOfOptions& options, Request& request) {
  request.set_as_of_size(options.size);
  request.set_as_of_us(options.us);
}

/// `as of: 17 entries, the last recorded at 2026-03-01T00:00:00Z`, with a newline.
std::string AsOfText(uint64_t size, int64_t us);

/// Adds `as_of_size` and `as_of_us`.
void AddAsOfTo(Json& json, uint64_t size, int64_t us);

}  // namespace touchstone::cli
