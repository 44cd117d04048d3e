// A node with the road from mine to ring behind it, and a mine without papers beside it.
#pragma once

#include <string>

#include "tests/integration/services/node_fixture.h"

namespace touchstone::services {

class AuditTest : public NodeTest {
 protected:
  static constexpr int64_t kHourUs = 3'600LL * 1'000'000;

  /// The road is recorded in one hour, the mine without papers and its gold in the next.
  AuditTest() {
    StartNode();
    road_ = TellMineToRing(story_);
    MustAdmit(road_.statements);
    later_us_ = clock_.NowUs() + kHourUs;
    clock_.AdvanceUs(kHourUs);
    story_.AdvanceUs(kHourUs - 1'000'000);
    const testing::Statement site = story_.RegisterSite("Dark pit", v1::RegisterSite::KIND_MINE, "north", "PE");
    dark_site_ = site.site();
    dark_ = story_.Produce("north", dark_site_, {testing::Metal(v1::FORM_DORE, 5'000, 900'000)},
                           v1::PROCESS_ROUTE_CONCENTRATE_AMALGAMATION, v1::MERCURY_USE_USED);
    MustAdmit({site, dark_});
  }

  uint64_t LogSize() const { return road_.statements.size() + 3; }
  uint64_t DarkIndex() const { return LogSize() - 1; }

  testing::MineToRing road_;
  std::string dark_site_;
  testing::Statement dark_;
  int64_t later_us_ = 0;
};

}  // namespace touchstone::services
