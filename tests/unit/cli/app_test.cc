#include "cli/app.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"
#include "base/status.h"
#include "cli/disclosure.h"
#include "cli/trust.h"
#include "crypto/cosignature.h"
#include "crypto/dsse.h"
#include "crypto/keys.h"
#include "ledger/envelope.h"
#include "ledger/ids.h"
#include "tests/unit/cli/fake_server.h"

namespace touchstone::cli {
namespace {

using testing::Desk;
using ::testing::HasSubstr;
using testing::Outcome;
using ::testing::StartsWith;
using touchstone::testing::KeyOf;

const std::string kSomeParty = ledger::ObjectId(ledger::ObjectKind::kParty, crypto::Sha256("a party"), 0);
const std::string kSomeLot = ledger::ObjectId(ledger::ObjectKind::kLot, crypto::Sha256("a lot"), 0);

std::string HexOf(const std::string& actor) { return HexEncode(KeyOf(actor).public_key().view()); }

// --- Usage -----------------------------------------------------------------------------------------------------------

TEST(Usage, ErrorsExitWithFourAndCallNoServer) {
  Desk desk;
  const std::string key = desk.KeyFile("root");
  const std::vector<std::vector<std::string>> bad = {
      {},
      {"lots"},
      {"lot"},
      {"lot", "show"},
      {"lot", "show", kSomeLot, "surplus"},
      {"lot", "show", kSomeLot, "--colour", "red"},
      {"log", "proof", "twelve"},
      {"log", "entries", "--limit", "-1"},
      {"party", "appoint", kSomeParty, "king", "--key", key},
      {"party", "appoint", kSomeParty, "registrar"},
      {"party", "appoint", kSomeParty, "registrar", "--key", desk.folder.File("absent.key")},
      {"party", "appoint", kSomeParty, "registrar", "--key", key, "--at", "yesterday"},
      {"party", "appoint", kSomeParty, "registrar", "--key", key, "--genesis", "00"},
      {"party", "appoint", kSomeParty, "registrar", "--key", key, "--timeout", "0"},
      {"party", "appoint", kSomeParty, "registrar", "--key", key, "--cosigner", HexOf("north")},
      {"party", "appoint", kSomeParty, "registrar", "--key", key, "--trust", desk.WriteFile("bad.toml", "origin = 1")},
      {"log", "checkpoint", "--tls-ca", desk.WriteFile("no.pem", "no certificate")},
      {"verify", desk.WriteFile("b.touchstone", "x")},
      {"submit", desk.folder.File("absent.events")},
      {"completion", "tcsh"},
  };
  for (const std::vector<std::string>& arguments : bad) {
    const Outcome outcome = desk.Run(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kUsage) << ::testing::PrintToString(arguments) << outcome.err;
    EXPECT_EQ(outcome.out, "") << ::testing::PrintToString(arguments);
    EXPECT_NE(outcome.err, "");
  }
  EXPECT_EQ(desk.server.calls, 0);
}

TEST(Usage, ErrorsAreOneObjectUnderJson) {
  Desk desk;
  const Json missing = desk.Run({"lot", "show", "--json"}).json();
  EXPECT_EQ(missing["error"]["code"], "INVALID_ARGUMENT");
  EXPECT_EQ(missing["error"]["reason"], "USAGE");

  const Outcome mass = desk.Run({"--json", "lot", "split", "--input", kSomeLot, "--output", "form=bar,mass=5"});
  EXPECT_EQ(mass.code, ExitCode::kUsage);
  EXPECT_EQ(mass.json()["error"]["reason"], "BAD_MASS");
  EXPECT_EQ(mass.json()["error"]["field"], "--output.mass");
}

TEST(Usage, HelpTellsTheExitCodesAndOptions) {
  Desk desk;
  const Outcome help = desk.Run({"--help"});
  EXPECT_EQ(help.code, ExitCode::kDone);
  EXPECT_THAT(help.out, HasSubstr("3  not verifiable"));
  EXPECT_THAT(help.out, HasSubstr("--on-behalf-of"));
  const Outcome produce = desk.Run({"lot", "produce", "--help"});
  EXPECT_EQ(produce.code, ExitCode::kDone);
  EXPECT_THAT(produce.out, HasSubstr("gravity-direct-smelting"));
  EXPECT_THAT(produce.out, HasSubstr("Example:\n  touchstone lot produce"));
}

// --- Keys ------------------------------------------------------------------------------------------------------------

TEST(Keys, AreMadeAndShown) {
  Desk desk;
  const std::string path = desk.folder.File("new.key");
  const Outcome made = desk.Run({"key", "new", path, "--name", "mine-1", "--json"});
  ASSERT_EQ(made.code, ExitCode::kDone) << made.err;
  const std::string public_key = made.json()["public_key"];
  EXPECT_EQ(desk.Run({"key", "show", path}).out, public_key + "\n");
  EXPECT_EQ(desk.Run({"key", "show", "-"}, desk.ReadFile("new.key")).out, public_key + "\n");
  EXPECT_THAT(desk.Run({"key", "show", path, "--pem"}).out, StartsWith("-----BEGIN PUBLIC KEY-----\n"));
  EXPECT_EQ(desk.Run({"key", "new", path}).code, ExitCode::kUsage);
}

// --- Events ----------------------------------------------------------------------------------------------------------

TEST(Events, AreSignedHereAndTheirReceiptsChecked) {
  Desk desk;
  const Outcome outcome = desk.Run({"party", "register", "--name", "Registry", "--country", "PE", "--role",
                                    "licensing-authority", "--role", "auditor", "--public-key", HexOf("registry"),
                                    "--key", desk.KeyFile("root"), "--at", "2026-03-01T10:00:00-05:00", "--json"});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.out;
  const Json json = outcome.json();
  EXPECT_EQ(json["index"], 1);
  EXPECT_EQ(json["already_recorded"], false);
  EXPECT_EQ(json["checkpoint"]["size"], 2);
  EXPECT_EQ(json["checkpoint"]["signature_verified"], false);
  ASSERT_EQ(json["created"].size(), 1u);
  EXPECT_TRUE(ledger::IsId(ledger::ObjectKind::kParty, json["created"][0].get<std::string>()));

  const absl::StatusOr<v1::LogEntry> entry = ledger::DecodeEntry(desk.server.entries[1]);
  ASSERT_TRUE(entry.ok());
  const v1::Event event = ledger::DecodeEnvelope(entry->envelope())->event;
  EXPECT_EQ(event.genesis_id(), desk.server.genesis_id.view());
  EXPECT_EQ(event.utc_offset_min(), -300);
  EXPECT_EQ(event.register_party().name(), "Registry");
}

TEST(Events, SayWhetherTheCheckpointsSignatureWasVerified) {
  Desk desk;
  const std::vector<std::string> command = {"party", "register", "--name", "A",     "--country",
                                            "PE",    "--role",   "miner",  "--key", desk.KeyFile("root")};
  EXPECT_THAT(desk.Run(command).out, HasSubstr("signature unverified (no --trust)"));
  std::vector<std::string> trusting = command;
  trusting.insert(trusting.end(), {"--trust", desk.TrustFile()});
  EXPECT_THAT(desk.Run(trusting).out, HasSubstr("signature verified"));
}

TEST(Events, RefusedByTheLedgerExitWithOneAndItsReason) {
  Desk desk;
  const std::vector<std::string> command = {"party",     "appoint", kSomeParty,
                                            "registrar", "--key",   desk.KeyFile("stranger")};
  const Outcome text = desk.Run(command);
  EXPECT_EQ(text.code, ExitCode::kRefused);
  EXPECT_EQ(text.out, "");
  EXPECT_THAT(text.err, StartsWith("refused: "));
  std::vector<std::string> as_json = command;
  as_json.push_back("--json");
  const Outcome json = desk.Run(as_json);
  EXPECT_EQ(json.code, ExitCode::kRefused);
  EXPECT_EQ(json.json()["error"]["reason"], "UNKNOWN_KEY");
  EXPECT_EQ(desk.server.entries.size(), 1u);
}

TEST(Events, OfAServerThatIsAwayExitWithFive) {
  Desk desk;
  for (const absl::Status& failure : {absl::UnavailableError("away"), absl::DeadlineExceededError("slow"),
                                      absl::ResourceExhaustedError("full"), absl::InternalError("broken")}) {
    desk.server.failure = failure;
    EXPECT_EQ(desk.Run({"party", "appoint", kSomeParty, "registrar", "--key", desk.KeyFile("root")}).code,
              ExitCode::kFailure)
        << failure;
  }
}

TEST(Events, WithAReceiptThatDoesNotHoldExitWithThree) {
  Desk desk;
  const std::string key = desk.KeyFile("root");
  const std::string trust = desk.TrustFile();
  const auto flip = [](std::string* bytes) { bytes->back() = static_cast<char>(bytes->back() ^ 1); };
  const std::vector<std::function<void(v1::Receipt&)>> tampers = {
      [&](v1::Receipt& receipt) { flip(receipt.mutable_event_id()); },
      [&](v1::Receipt& receipt) { flip(receipt.mutable_entry()); },
      [&](v1::Receipt& receipt) { receipt.set_index(receipt.index() - 1); },
      [&](v1::Receipt& receipt) { receipt.set_recorded_at_us(receipt.recorded_at_us() + 1); },
      [&](v1::Receipt& receipt) { flip(receipt.mutable_proof()->mutable_hashes(0)); },
      [&](v1::Receipt& receipt) { receipt.mutable_proof()->add_hashes(std::string(32, 'x')); },
      [&](v1::Receipt& receipt) { receipt.mutable_proof()->mutable_hashes(0)->pop_back(); },
      [&](v1::Receipt& receipt) { receipt.mutable_proof()->set_tree_size(receipt.proof().tree_size() + 1); },
      [&](v1::Receipt& receipt) { receipt.mutable_checkpoint()->insert(0, "x"); },
      [&](v1::Receipt& receipt) { receipt.clear_checkpoint(); },
      [&](v1::Receipt& receipt) { receipt.set_entry(desk.server.entries[0]); },
  };
  for (size_t i = 0; i < tampers.size(); ++i) {
    desk.server.tamper = tampers[i];
    const Outcome outcome = desk.Run({"party", "register", "--name", "A", "--country", "PE", "--role", "miner", "--key",
                                      key, "--trust", trust, "--json"});
    EXPECT_EQ(outcome.code, ExitCode::kNotVerifiable) << i << outcome.out;
    EXPECT_NE(outcome.json()["error"]["reason"], "") << i;
  }
}

TEST(Events, AreWrittenToAFileWithoutANetwork) {
  Desk desk;
  desk.server.failure = absl::UnavailableError("no network");
  const std::string file = desk.folder.File("june.events");
  const Outcome outcome =
      desk.Run({"party", "register", "--name", "A", "--country", "PE", "--role", "miner", "--key", desk.KeyFile("root"),
                "--genesis", HexEncode(desk.server.genesis_id.view()), "--offline", file, "--json"});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.out;
  EXPECT_EQ(desk.server.calls, 0);
  EXPECT_EQ(outcome.json()["file"], file);

  desk.server.failure.reset();
  const Outcome sent = desk.Run({"submit", file, "--json"});
  ASSERT_EQ(sent.code, ExitCode::kDone) << sent.out;
  EXPECT_EQ(sent.json()["results"][0]["event_id"], outcome.json()["event_id"]);
  EXPECT_EQ(sent.json()["results"][0]["created"], outcome.json()["created"]);
}

TEST(Events, OfAnotherLedgerThanTheTrustFilesAreNotSigned) {
  Desk desk;
  const Outcome outcome = desk.Run({"party", "appoint", kSomeParty, "registrar", "--key", desk.KeyFile("root"),
                                    "--trust", desk.TrustFile(), "--genesis", std::string(64, '0'), "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kUsage);
  EXPECT_EQ(outcome.json()["error"]["reason"], "GENESIS_MISMATCH");
}

TEST(Events, AreSignedFromFilesOfAnyVerb) {
  Desk desk;
  const std::string file = desk.WriteFile(
      "party.textproto",
      "register_party { name: \"B\" country: \"CH\" roles: ROLE_REFINER }\noccurred_at_us: 1772323200000001\n");
  ASSERT_EQ(desk.Run({"event", "sign", file, "--key", desk.KeyFile("root")}).code, ExitCode::kDone);
  const v1::Event event = ledger::DecodeEnvelope(ledger::DecodeEntry(desk.server.entries[1])->envelope())->event;
  EXPECT_EQ(event.register_party().name(), "B");
  EXPECT_EQ(event.occurred_at_us(), 1'772'323'200'000'001);
}

TEST(Events, ShowTheBytesThatTheirSignatureCovers) {
  Desk desk;
  ASSERT_EQ(desk.Run({"party", "register", "--name", "A", "--country", "PE", "--role", "miner", "--key",
                      desk.KeyFile("root")})
                .code,
            ExitCode::kDone);
  const Outcome shown = desk.Run({"event", "show", "1", "--pae", desk.folder.File("pae"), "--signature",
                                  desk.folder.File("sig"), "--payload", desk.folder.File("payload"), "--entry",
                                  desk.folder.File("entry"), "--tlog-proof", desk.folder.File("proof"), "--json"});
  ASSERT_EQ(shown.code, ExitCode::kDone) << shown.out;
  EXPECT_EQ(shown.json()["verb"], "register_party");
  EXPECT_EQ(shown.json()["event"]["register_party"]["roles"][0], "MINER");
  const absl::StatusOr<crypto::Signature> signature = crypto::Signature::FromBytes(desk.ReadFile("sig"));
  ASSERT_TRUE(signature.ok());
  EXPECT_TRUE(crypto::Verify(KeyOf("root").public_key(), desk.ReadFile("pae"), *signature));
  EXPECT_EQ(desk.ReadFile("pae"), crypto::Pae(crypto::kEventPayloadType, desk.ReadFile("payload")));
  EXPECT_EQ(desk.ReadFile("entry"), desk.server.entries[1]);
  EXPECT_THAT(desk.ReadFile("proof"), StartsWith("c2sp.org/tlog-proof@v1\nindex 1\n"));

  const Outcome raw = desk.Run({"event", "show", shown.json()["event_id"], "--pae", "-"});
  EXPECT_EQ(raw.out, desk.ReadFile("pae"));
}

TEST(Events, SignedInABatchShowTheBatchAsTheSignedBytes) {
  Desk desk;
  const crypto::SecretKey root = KeyOf("root");
  const crypto::SecretKey* const keys[] = {&root};
  std::vector<std::string> payloads;
  for (const char* name : {"A", "B", "C"}) {
    v1::Event event;
    event.set_genesis_id(std::string(desk.server.genesis_id.view()));
    event.set_nonce(std::string(16, *name));
    event.set_occurred_at_us(touchstone::testing::kStoryStartUs);
    event.mutable_register_party()->set_name(name);
    event.mutable_register_party()->set_country("PE");
    event.mutable_register_party()->add_roles(v1::ROLE_MINER);
    payloads.push_back(ledger::EncodePayload(event, keys));
  }
  const absl::StatusOr<std::vector<std::string>> envelopes = ledger::SignBatch(payloads, keys);
  ASSERT_TRUE(envelopes.ok()) << envelopes.status();
  for (const std::string& envelope : *envelopes) ASSERT_TRUE(desk.server.Submit(envelope).ok());
  ASSERT_EQ(
      desk.Run({"event", "show", "2", "--pae", desk.folder.File("pae"), "--signature", desk.folder.File("sig")}).code,
      ExitCode::kDone);
  EXPECT_TRUE(
      crypto::Verify(root.public_key(), desk.ReadFile("pae"), *crypto::Signature::FromBytes(desk.ReadFile("sig"))));
}

TEST(Events, OfTwoSignersAreCosignedOnTwoDevices) {
  Desk desk;
  desk.server.Admit(desk.server.story.Offices());
  desk.server.Admit(desk.server.story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  desk.server.Admit(desk.server.story.RegisterParty("coop", "PE", {v1::ROLE_COOPERATIVE}));
  const auto site = desk.server.story.RegisterSite("Mina Clara", v1::RegisterSite::KIND_MINE, "north", "PE");
  desk.server.Admit(site);
  const auto produced =
      desk.server.story.Produce("north", site.site(), {touchstone::testing::Metal(v1::FORM_DORE, 812'500, 912'000)});
  desk.server.Admit(produced);
  const std::string file = desk.folder.File("handover.events");
  const Outcome given =
      desk.Run({"lot", "hand-over", produced.lot(), "--from", desk.server.story.PartyOf("north"), "--to",
                desk.server.story.PartyOf("coop"), "--rights", "both", "--received", produced.lot() + "=812.4 g",
                "--key", desk.KeyFile("north"), "--cosigner", HexOf("coop"), "--offline", file});
  ASSERT_EQ(given.code, ExitCode::kDone) << given.err;

  const Outcome early = desk.Run({"submit", file, "--json"});
  EXPECT_EQ(early.code, ExitCode::kUsage);
  EXPECT_EQ(early.json()["error"]["reason"], "SIGNATURE_MISSING");
  EXPECT_EQ(desk.Run({"event", "cosign", file, "--key", desk.KeyFile("stranger")}).code, ExitCode::kUsage);

  const Outcome taken = desk.Run({"event", "cosign", file, "--key", desk.KeyFile("coop"), "--json"});
  ASSERT_EQ(taken.code, ExitCode::kDone) << taken.out;
  EXPECT_EQ(taken.json()["cosigned"][0]["missing_signatures"], 0);
  const Outcome sent = desk.Run({"submit", file});
  EXPECT_EQ(sent.code, ExitCode::kDone) << sent.out << sent.err;
}

TEST(Events, OfAFileAreSignedTogetherAndSentEachOnItsOwn) {
  Desk desk;
  const std::string file = desk.folder.File("june.events");
  const auto registered = [&](const std::string& name) {
    return desk.Run({"party", "register", "--name", name, "--country", "PE", "--role", "miner", "--key",
                     desk.KeyFile("root"), "--genesis", HexEncode(desk.server.genesis_id.view()), "--offline", file,
                     "--json"});
  };
  std::vector<std::string> ids;
  for (const char* name : {"A", "B", "C"}) ids.push_back(registered(name).json()["event_id"]);

  const std::string out = desk.folder.File("signed.events");
  const Outcome stranger = desk.Run({"sign", "--batch", file, "--key", desk.KeyFile("stranger"), "--json"});
  EXPECT_EQ(stranger.code, ExitCode::kUsage);
  EXPECT_EQ(stranger.json()["error"]["reason"], "NOTHING_TO_SIGN");
  EXPECT_EQ(desk.Run({"sign", file, "--key", desk.KeyFile("root"), "--json"}).json()["error"]["reason"],
            "BATCH_MISSING");
  const Outcome signed_all = desk.Run({"sign", "--batch", file, "--key", desk.KeyFile("root"), "--out", out, "--json"});
  ASSERT_EQ(signed_all.code, ExitCode::kDone) << signed_all.out;
  EXPECT_EQ(signed_all.json()["signed"], Json(ids));
  EXPECT_EQ(signed_all.json()["signatures"], 1);
  EXPECT_EQ(signed_all.json()["left"], 0);

  const Outcome sent = desk.Run({"submit", out, "--json"});
  ASSERT_EQ(sent.code, ExitCode::kDone) << sent.out;
  std::string signature;
  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(sent.json()["results"][i]["event_id"], ids[i]);
    const auto entry = ledger::DecodeEntry(desk.server.entries[1 + i]);
    const v1::Signature made = ledger::DecodeEnvelope(entry->envelope())->envelope.signatures(0);
    EXPECT_EQ(made.batch().count(), 3u);
    EXPECT_EQ(made.batch().index(), i);
    if (i == 0) signature = made.signature();
    EXPECT_EQ(made.signature(), signature);
  }
}

class CosignedSubmission : public ::testing::Test {
 protected:
  CosignedSubmission() {
    desk_.Run({"party", "register", "--name", "A", "--country", "PE", "--role", "miner", "--key", desk_.KeyFile("root"),
               "--genesis", HexEncode(desk_.server.genesis_id.view()), "--offline", file_});
    trust_ = desk_.WriteFile("witnessed.toml", FormatTrust({.log = desk_.server.log_signer.verifier(),
                                                            .genesis_id = desk_.server.genesis_id,
                                                            .witnesses = {{.key = witness_.verifier()}},
                                                            .quorum = 1}));
  }
  static std::string By(const crypto::NoteSigner& witness, const std::string& note) {
    const std::string text = note.substr(0, note.find("\n\n") + 1);
    return note + crypto::FormatNoteSignature(*crypto::Cosign(text, 1'772'323'200, witness));
  }
  Outcome Submit() { return desk_.Run({"submit", file_, "--wait-cosigned", "--trust", trust_, "--json"}); }

  Desk desk_;
  const std::string file_ = desk_.folder.File("june.events");
  const crypto::NoteSigner witness_ = *crypto::NoteSigner::Create(
      "witness.example/w1", crypto::NoteKeyType::kCosignature, touchstone::testing::KeyOf("witness"));
  std::string trust_;
};

TEST_F(CosignedSubmission, IsProvenAgainstWhatTheWitnessesCosigned) {
  desk_.server.cosign = [this](const std::string& note) { return By(witness_, note); };
  const Outcome outcome = Submit();
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.out;
  EXPECT_EQ(outcome.json()["accepted"], 1);
  EXPECT_EQ(outcome.json()["cosigned"]["size"], 2);
  EXPECT_EQ(outcome.json()["cosigned"]["witnesses"], Json::array({"witness.example/w1"}));
  const Outcome shown = desk_.Run({"log", "checkpoint", "--cosigned", "--trust", trust_, "--json"});
  EXPECT_EQ(shown.json()["witnesses"], Json::array({"witness.example/w1"}));
}

TEST_F(CosignedSubmission, SaysWhatWasRecordedThoughNobodyCosignsIt) {
  const Outcome late = Submit();
  EXPECT_EQ(late.code, ExitCode::kFailure);
  EXPECT_EQ(late.json()["accepted"], 1);
  EXPECT_TRUE(late.json()["cosigned"].contains("error"));
}

TEST_F(CosignedSubmission, IsNotVerifiedByWitnessesThatTheTrustFileDoesNotName) {
  const crypto::NoteSigner other = *crypto::NoteSigner::Create("witness.example/w2", crypto::NoteKeyType::kCosignature,
                                                               touchstone::testing::KeyOf("other witness"));
  desk_.server.cosign = [&](const std::string& note) { return By(other, note); };
  const Outcome outcome = Submit();
  EXPECT_EQ(outcome.code, ExitCode::kNotVerifiable);
  EXPECT_EQ(outcome.json()["cosigned"]["error"]["reason"], "QUORUM_MISSING");
}

TEST(Events, ThatOthersSignTooAreLeftAsTheyAreWhenAFileIsSigned) {
  Desk desk;
  desk.server.Admit(desk.server.story.Offices());
  desk.server.Admit(desk.server.story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  desk.server.Admit(desk.server.story.RegisterParty("coop", "PE", {v1::ROLE_COOPERATIVE}));
  const std::string file = desk.folder.File("mixed.events");
  const std::string genesis = HexEncode(desk.server.genesis_id.view());
  const std::string lot = "lot_" + std::string(26, 'a');
  ASSERT_EQ(desk.Run({"lot", "hand-over", lot, "--from", desk.server.story.PartyOf("north"), "--to",
                      desk.server.story.PartyOf("coop"), "--rights", "both", "--received", lot + "=812.4 g", "--key",
                      desk.KeyFile("north"), "--cosigner", HexOf("coop"), "--genesis", genesis, "--offline", file})
                .code,
            ExitCode::kDone);
  ASSERT_EQ(desk.Run({"party", "register", "--name", "A", "--country", "PE", "--role", "miner", "--key",
                      desk.KeyFile("north"), "--genesis", genesis, "--offline", file})
                .code,
            ExitCode::kDone);
  const std::string before = desk.ReadFile("mixed.events");
  const Outcome outcome = desk.Run({"sign", "--batch", file, "--key", desk.KeyFile("north"), "--json"});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.out;
  EXPECT_EQ(outcome.json()["signed"].size(), 1u);
  EXPECT_EQ(outcome.json()["left"], 1);
  const std::string after = desk.ReadFile("mixed.events");
  EXPECT_EQ(after.substr(0, after.find('\n')), before.substr(0, before.find('\n')));
  EXPECT_NE(after, before);
}

TEST(Sites, MayWithholdWhereTheyAre) {
  Desk desk;
  desk.server.Admit(desk.server.story.Offices());
  desk.server.Admit(desk.server.story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  const std::string file = desk.folder.File("disclosures");
  const std::vector<std::string> command = {"site",
                                            "register",
                                            "--name",
                                            "Mina Clara",
                                            "--country",
                                            "PE",
                                            "--kind",
                                            "mine",
                                            "--operator",
                                            desk.server.story.PartyOf("north"),
                                            "--withhold-point",
                                            "-13.5,-71.9",
                                            "--key",
                                            desk.KeyFile("registry")};
  EXPECT_EQ(desk.Run(command).code, ExitCode::kUsage) << "the salt would be lost";
  std::vector<std::string> keeping = command;
  keeping.insert(keeping.end(), {"--disclosures", file});
  const Outcome outcome = desk.Run(keeping);
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.err;

  const Json line = Json::parse(desk.ReadFile("disclosures"));
  const v1::Event event = ledger::DecodeEnvelope(ledger::DecodeEntry(desk.server.entries.back())->envelope())->event;
  EXPECT_FALSE(event.register_site().has_point());
  EXPECT_EQ(HexEncode(event.register_site().withheld_point().commitment()), line["commitment"]);
  v1::GeoPoint point;
  ASSERT_TRUE(point.ParseFromString(*HexDecode(line["value"].get<std::string>())));
  EXPECT_EQ(point.latitude_e7(), -135'000'000);
}

TEST(Lists, ReadEveryPage) {
  Desk desk;
  const Json parties = desk.Run({"party", "list", "--json"}).json();
  ASSERT_EQ(parties.size(), 2u);
  EXPECT_EQ(parties[0]["name"], "first");
  EXPECT_EQ(parties[1]["name"], "second");
}

}  // namespace
}  // namespace touchstone::cli
