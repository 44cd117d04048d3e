// Random histories of the toy ledger.
#pragma once

#include <rapidcheck.h>

#include <string>
#include <vector>

namespace touchstone::testing {

/// Between 1 and `most` entries over a handful of keys, so that puts overwrite and dels find something.
inline rc::Gen<std::vector<std::string>> ToyHistory(size_t most) {
  const auto entry = rc::gen::apply(
      [](int kind, int key, int value) {
        const std::string name = "key" + std::to_string(key);
        return kind == 0 ? "del " + name : "put " + name + " " + std::string(static_cast<size_t>(value), 'v');
      },
      rc::gen::inRange(0, 4), rc::gen::inRange(0, 12), rc::gen::inRange(1, 200));
  return rc::gen::mapcat(rc::gen::inRange<size_t>(1, most + 1),
                         [entry](size_t count) { return rc::gen::container<std::vector<std::string>>(count, entry); });
}

}  // namespace touchstone::testing
