#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"
#include "crypto/tlog_proof.h"
#include "tests/unit/cli/fake_server.h"

namespace touchstone::cli {
namespace {

using testing::Desk;
using ::testing::HasSubstr;
using testing::Outcome;

class ProofFile : public ::testing::Test {
 protected:
  ProofFile() {
    const auto road = TellMineToRing(desk_.server.story);
    desk_.server.Admit(road.statements);
    event_id_ = HexEncode(road.statements[kIndex - 1].event_id.view());
    EXPECT_EQ(desk_.Run({"log", "proof", "12", "--out", file_, "--trust", desk_.TrustFile()}).code, ExitCode::kDone);
    calls_ = desk_.server.calls;
  }

  Outcome Verify(const std::string& file, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"log", "verify-proof", file, "--trust", desk_.TrustFile(), "--json"});
    return desk_.Run(more);
  }

  static constexpr uint64_t kIndex = 12;
  Desk desk_;
  const std::string file_ = desk_.folder.File("sale.tlog-proof");
  std::string event_id_;
  int calls_ = 0;
};

TEST_F(ProofFile, VerifiesWithoutTheServer) {
  const Outcome outcome = Verify(file_);
  EXPECT_EQ(outcome.code, ExitCode::kDone) << outcome.out;
  EXPECT_EQ(outcome.json()["index"], kIndex);
  EXPECT_EQ(outcome.json()["event_id"], event_id_);
  EXPECT_EQ(outcome.json()["checkpoint"]["signature_verified"], true);
  EXPECT_EQ(desk_.server.calls, calls_);
  EXPECT_THAT(desk_.Run({"log", "verify-proof", file_, "--trust", desk_.TrustFile()}).out, HasSubstr(event_id_));
}

TEST_F(ProofFile, VerifiesAnEntryThatLiesBesideIt) {
  crypto::TlogProof proof = crypto::ParseTlogProof(desk_.ReadFile("sale.tlog-proof")).value();
  EXPECT_EQ(proof.extra, desk_.server.entries[kIndex]);
  proof.extra.reset();
  const std::string bare = desk_.WriteFile("bare.tlog-proof", crypto::FormatTlogProof(proof));
  EXPECT_EQ(Verify(bare).json()["error"]["reason"], "ENTRY_MISSING");
  EXPECT_EQ(Verify(bare, {"--entry", desk_.WriteFile("entry", desk_.server.entries[kIndex])}).code, ExitCode::kDone);
  EXPECT_EQ(Verify(bare, {"--entry", desk_.WriteFile("other", desk_.server.entries[kIndex + 1])}).code,
            ExitCode::kNotVerifiable);
}

TEST_F(ProofFile, IsBelievedByNobodyOnceItWasChanged) {
  crypto::TlogProof proof = crypto::ParseTlogProof(desk_.ReadFile("sale.tlog-proof")).value();
  proof.extra->back() = static_cast<char>(proof.extra->back() ^ 1);
  EXPECT_EQ(Verify(desk_.WriteFile("forged", crypto::FormatTlogProof(proof))).code, ExitCode::kNotVerifiable);
  EXPECT_EQ(Verify(desk_.WriteFile("none", "no proof\n")).code, ExitCode::kNotVerifiable);
}

TEST_F(ProofFile, ProvesNothingWithoutATrustFile) {
  const Outcome outcome = desk_.Run({"log", "verify-proof", file_, "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kUsage);
  EXPECT_EQ(outcome.json()["error"]["reason"], "TRUST_MISSING");
}

}  // namespace
}  // namespace touchstone::cli
