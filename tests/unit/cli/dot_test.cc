#include "cli/dot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/fake_server.h"

namespace touchstone::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::TraceNode Node(const std::string& id, const std::vector<std::string>& inputs) {
  v1::TraceNode node;
  node.set_id(id);
  node.set_description("10 g of dore");
  node.set_step("produce");
  node.set_party_id("party_a");
  node.set_party_name("Mina \"Clara\" \\N");
  node.set_occurred_at_us(1'748'781'000'000'000);
  node.set_entry_index(7);
  node.mutable_input_ids()->Assign(inputs.begin(), inputs.end());
  return node;
}

TEST(DrawDot, DrawsEveryNodeAndArrowsFromInputsToOutputs) {
  v1::TraceNode bar = Node("bar", {"x", "y"});
  bar.add_findings(v1::FINDING_CODE_HIGH_LOSS);
  EXPECT_EQ(
      DrawDot({bar, Node("x", {})}, {{"party_a", "PE"}}),
      "digraph lineage {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n"
      "  \"bar\" [label=\"bar\\n10 g of dore\\nproduce by Mina \\\"Clara\\\" \\\\N (PE)\\n2025-06-01T12:30:00Z, "
      "entry 7\\n! HIGH_LOSS\", color=red];\n"
      "  \"x\" [label=\"x\\n10 g of dore\\nproduce by Mina \\\"Clara\\\" \\\\N (PE)\\n2025-06-01T12:30:00Z, entry "
      "7\"];\n"
      "  \"x\" -> \"bar\";\n"
      "  \"y\" [label=\"y\\nbeyond what was asked for\", style=dashed];\n"
      "  \"y\" -> \"bar\";\n"
      "}\n");
}

TEST(DotQuoted, LeavesNothingByWhichALabelEnds) { EXPECT_EQ(DotQuoted("a\"]; b\\\nc\r"), "\"a\\\"]; b\\\\\\nc\""); }

TEST(Trace, WritesItsGraphToAFile) {
  testing::Desk desk;
  *desk.server.trace.add_nodes() = Node("lot_a", {});
  const testing::Outcome raw = desk.Run({"trace", "lot_a", "--dot", "-"});
  EXPECT_EQ(raw.code, ExitCode::kDone) << raw.err;
  EXPECT_THAT(raw.out, ::testing::StartsWith("digraph lineage {"));
  const testing::Outcome written = desk.Run({"trace", "lot_a", "--dot", desk.folder.File("a.dot")});
  EXPECT_THAT(written.out, Not(HasSubstr("digraph")));
  EXPECT_EQ(desk.ReadFile("a.dot"), raw.out);
}

}  // namespace
}  // namespace touchstone::cli
