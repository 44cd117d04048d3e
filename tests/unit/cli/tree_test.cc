#include "cli/tree.h"

#include <gtest/gtest.h>

namespace touchstone::cli {
namespace {

v1::TraceNode Node(const std::string& id, const std::string& description, const std::string& step,
                   const std::vector<std::string>& inputs) {
  v1::TraceNode node;
  node.set_id(id);
  node.set_description(description);
  node.set_step(step);
  node.set_party_id("party_" + id);
  node.set_party_name("Party of " + id);
  node.set_occurred_at_us(1'748'781'000'000'000);
  node.set_entry_index(7);
  node.mutable_input_ids()->Assign(inputs.begin(), inputs.end());
  return node;
}

TEST(DrawTree, ShowsWhatWhoWhereAndWhatWasFound) {
  v1::TraceNode node = Node("lot_a", "812.5 g dore at 912 permille", "produce", {});
  node.set_fine_ng(741'000'000'000);
  node.set_site_id("site_a");
  node.set_site_name("Mina Clara");
  node.add_findings(v1::FINDING_CODE_UNLICENSED_PRODUCTION);
  EXPECT_EQ(
      DrawTree({node}, {{"party_lot_a", "CH"}, {"site_a", "PE"}}),
      "lot_a  812.5 g dore at 912 permille, 741 g fine\n"
      "  produce by Party of lot_a (CH) at Mina Clara (PE), 2025-06-01T12:30:00Z, entry 7  ! UNLICENSED_PRODUCTION\n");
}

TEST(DrawTree, DrawsBranchesToTheirSources) {
  const std::vector<v1::TraceNode> nodes = {Node("ring", "ring", "make", {"bar"}),
                                            Node("bar", "bar", "refine", {"x", "y"}), Node("x", "dore", "produce", {}),
                                            Node("y", "dore", "produce", {})};
  EXPECT_EQ(DrawTree(nodes, {}),
            "ring  ring\n"
            "│ make by Party of ring, 2025-06-01T12:30:00Z, entry 7\n"
            "└─ bar  bar\n"
            "   │ refine by Party of bar, 2025-06-01T12:30:00Z, entry 7\n"
            "   ├─ x  dore\n"
            "   │    produce by Party of x, 2025-06-01T12:30:00Z, entry 7\n"
            "   └─ y  dore\n"
            "        produce by Party of y, 2025-06-01T12:30:00Z, entry 7\n");
}

TEST(DrawTree, DrawsASharedAncestorOnceAndNamesItAgain) {
  const std::vector<v1::TraceNode> nodes = {Node("melt", "bar", "melt", {"a", "b"}),
                                            Node("a", "grain", "split", {"src"}), Node("b", "grain", "split", {"src"}),
                                            Node("src", "bar", "produce", {})};
  const std::string tree = DrawTree(nodes, {});
  EXPECT_NE(tree.find("└─ src  bar\n"), std::string::npos) << tree;
  EXPECT_NE(tree.find("└─ src  bar  (drawn above)\n"), std::string::npos) << tree;
  EXPECT_EQ(tree.find("produce by"), tree.rfind("produce by")) << tree;
}

TEST(DrawTree, DrawsEveryNodeWhereATimeLeftOutWhatIsMadeOfThem) {
  const std::string tree = DrawTree({Node("x", "dore", "produce", {}), Node("y", "dore", "produce", {})}, {});
  EXPECT_NE(tree.find("x  dore\n"), std::string::npos) << tree;
  EXPECT_NE(tree.find("\ny  dore\n"), std::string::npos) << tree;
}

TEST(DrawTree, SaysWhereItWasCutOff) {
  EXPECT_NE(DrawTree({Node("bar", "bar", "refine", {"deeper"})}, {}).find("└─ deeper  (beyond what was asked for)\n"),
            std::string::npos);
  EXPECT_EQ(DrawTree({}, {}), "");
}

}  // namespace
}  // namespace touchstone::cli
