// Every command that signs an event, as a table: what is typed, and the body that comes of it. What the ledger makes of
// the body is the rules' business.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "cli/outbox.h"
#include "google/protobuf/text_format.h"
#include "ledger/describe.h"
#include "ledger/policy.h"
#include "ledger/withheld.h"
#include "tests/unit/cli/fake_server.h"

namespace touchstone::cli {
namespace {

using testing::Desk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Outcome;

constexpr char kLot[] = "lot_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kOtherLot[] = "lot_bbbbbbbbbbbbbbbbbbbbbbbbbb";
constexpr char kPiece[] = "piece_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kParty[] = "party_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kOtherParty[] = "party_bbbbbbbbbbbbbbbbbbbbbbbbbb";
constexpr char kSite[] = "site_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kAccount[] = "account_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kAttestation[] = "attestation_aaaaaaaaaaaaaaaaaaaaaaaaaa";
const std::string kHash(64, 'a');       // in hex
const std::string kOtherHash(64, 'b');  // in hex

/// A desk without a network.
class DeskOffline : public Desk {
 public:
  DeskOffline() { server.failure = absl::UnavailableError("no network"); }

  /// Runs a command that signs by `actors`, into a file; what was signed, its frame left out. Nothing when it failed.
  std::vector<v1::Event> Sign(std::vector<std::string> arguments, const std::vector<std::string>& actors = {"north"}) {
    const std::string file = "signed-" + std::to_string(++count_);
    arguments.insert(arguments.end(),
                     {"--genesis", HexEncode(server.genesis_id.view()), "--offline", folder.File(file)});
    for (const std::string& actor : actors) arguments.insert(arguments.end(), {"--key", KeyFile(actor)});
    last = Run(arguments);
    if (last.code != ExitCode::kDone) return {};
    std::vector<v1::Event> events;
    const auto outbox = ParseOutbox(ReadFile(file));
    for (const OutboxEvent& signed_event : *outbox) {
      EXPECT_EQ(static_cast<size_t>(signed_event.envelope.signatures_size()), actors.size());
      v1::Event& event = events.emplace_back(signed_event.event);
      event.clear_genesis_id();
      event.clear_nonce();
      event.clear_signer_keys();
      event.clear_occurred_at_us();
    }
    return events;
  }

  Outcome last;

 private:
  int count_ = 0;
};

struct Typed {
  std::vector<std::string> arguments;
  std::string event;  // in protobuf text format
};

const std::string kMetal = "form=dore,mass=812.5 g,fineness=912 permille,method=xrf,uncertainty=8 permille";
const std::string kMetalText =
    "form: FORM_DORE gross_mg: 812500 fineness { ppm: 912000 method: ASSAY_METHOD_XRF uncertainty_ppm: 8000 }";

std::string InBytes(const std::string& hex) {
  return "\"" + std::string(32, *HexDecode(hex.substr(0, 2))->data()) + "\"";
}

std::vector<Typed> OfAuthority() {
  return {
      {{"party", "update", kParty, "--name", "Mina Clara SAC", "--role", "exporter", "--role", "miner", "--interest",
        std::string(kOtherParty) + "=51", "--member-of", kOtherParty, "--owner-person", kOtherHash, "--owner-person",
        kHash},
       std::string("update_party { party_id: '") + kParty +
           "' name: 'Mina Clara SAC' roles: ROLE_MINER "
           "roles: ROLE_EXPORTER interests { party_id: '" +
           kOtherParty + "' share_ppm: 510000 } member_of_party_id: '" + kOtherParty +
           "' owner_persons { commitment: " + InBytes(kHash) + " } owner_persons { commitment: " + InBytes(kOtherHash) +
           " } }"},
      {{"party", "suspend", kParty, "--reason", "licence under inquiry"},
       std::string("suspend_party { party_id: '") + kParty + "' reason: 'licence under inquiry' }"},
      {{"party", "suspend", kParty, "--lift"}, std::string("suspend_party { party_id: '") + kParty + "' lift: true }"},
      {{"party", "distrust-key", HexEncode(touchstone::testing::KeyOf("south").public_key().view()), "--from-index",
        "1184", "--reason", "phone stolen"},
       "distrust_key { from_index: 1184 reason: 'phone stolen' }"},
      {{"site", "update", kSite, "--operator", kParty, "--area", "-13.5,-71.9 -13.5,-71.8 -13.4,-71.8", "--registrant",
        kHash, "--registrant-limit", "1 kg fine / 30 d"},
       std::string("update_site { site_id: '") + kSite + "' operator_party_id: '" + kParty +
           "' area { corners { latitude_e7: -135000000 longitude_e7: -719000000 } corners { latitude_e7: -135000000 "
           "longitude_e7: -718000000 } corners { latitude_e7: -134000000 longitude_e7: -718000000 } } registrants { "
           "commitment: " +
           InBytes(kHash) + " } registrant_limit { unit: UNIT_FINE_GOLD_MG amount: 1000000 period_days: 30 } }"},
  };
}

std::vector<Typed> OfOrigin() {
  const std::string period = "period_from_us: 1748736000000000 period_until_us: 1748822400000000 ";
  return {
      {{"lot", "produce", "--site", kSite, "--route", "gravity", "--from", "2025-06-01", "--until", "2025-06-02",
        "--output", kMetal, "--registrant", kHash},
       std::string("produce { site_id: '") + kSite + "' outputs { " + kMetalText + " } route: PROCESS_ROUTE_GRAVITY " +
           period + "registrant { commitment: " + InBytes(kHash) + " } }"},
      {{"lot", "intake", "--door", "existing-stock", "--country", "PE", "--cut-off", "2025-06-01", "--attestation",
        kAttestation, "--output", kMetal},
       std::string("intake { door: DOOR_EXISTING_STOCK outputs { ") + kMetalText +
           " } country: 'PE' cut_off_at_us: 1748736000000000 attestation_id: '" + kAttestation + "' }"},
      {{"lot", "intake", "--door", "recycled", "--recycled-kind", "post-consumer", "--output", kMetal},
       "intake { door: DOOR_RECYCLED recycled_kind: RECYCLED_KIND_POST_CONSUMER outputs { " + kMetalText + " } }"},
      {{"lot",       "process",
        "--input",   std::string(kLot) + "=100 g",
        "--output",  "form=tailings,dry-mass=2 t,grade=0.4 g/t",
        "--output",  "form=concentrate,mass=3 kg",
        "--site",    kSite,
        "--route",   "flotation",
        "--mercury", "not-used",
        "--from",    "2025-06-01",
        "--until",   "2025-06-02",
        "--model",   "segregated"},
       std::string("process { inputs { lot_id: '") + kLot +
           "' part_gross_mg: 100000 } outputs { form: FORM_TAILINGS ore { "
           "dry_mass_mg: 2000000000 grade_mg_per_t: 400 } } outputs { form: FORM_CONCENTRATE gross_mg: 3000000 } "
           "site_id: '" +
           kSite + "' route: PROCESS_ROUTE_FLOTATION mercury_use: MERCURY_USE_NOT_USED " + period +
           "custody_model: CUSTODY_MODEL_SEGREGATED }"},
  };
}

std::vector<Typed> OfLots() {
  const std::string fineness = "fineness { ppm: 912000 method: ASSAY_METHOD_FIRE_ASSAY uncertainty_ppm: 500 }";
  return {
      {{"lot", "assay", kLot, "--fineness", "912 permille", "--method", "fire-assay", "--uncertainty", "0.5 permille",
        "--element", "Hg=0", "--element", "Ag=81 permille", "--sample", kOtherLot, "--standing", "umpire"},
       std::string("assay { lot_id: '") + kLot + "' " + fineness +
           " other_elements { element: 'Ag' ppm: 81000 } "
           "other_elements { element: 'Hg' } sample_lot_id: '" +
           kOtherLot + "' standing: STANDING_UMPIRE }"},
      {{"lot", "sample", kLot, "--mass", "5 g", "--laboratory", kParty},
       std::string("sample { lot_id: '") + kLot + "' sample_gross_mg: 5000 laboratory_party_id: '" + kParty + "' }"},
      {{"lot", "pack", kLot, kOtherLot, "--seal", "S-1", "--container", "BOX-3"},
       std::string("pack { lot_ids: '") + kLot + "' lot_ids: '" + kOtherLot + "' seal: 'S-1' container: 'BOX-3' }"},
      {{"lot", "unpack", "S-1", "--found", "intact"}, "unpack { seal: 'S-1' intact: true }"},
      {{"lot", "unpack", "S-1", "--found", "broken"}, "unpack { seal: 'S-1' }"},
      {{"lot", "receive", "--received", std::string(kLot) + "=812.4 g,seal=S-2"},
       std::string("receive { received { lot_id: '") + kLot + "' gross_mg: 812400 seal: 'S-2' } }"},
      {{"lot", "cast", "--input", kLot, "--output", "form=bar,mass=12.4 kg,serial=B-1,mark=XYZ,good-delivery=yes"},
       std::string("transform { kind: KIND_CAST inputs { lot_id: '") + kLot +
           "' } outputs { material { form: FORM_BAR "
           "gross_mg: 12400000 } serial: 'B-1' mark: 'XYZ' good_delivery: true } }"},
      {{"lot", "hold", kPiece, "--reason", "inquiry"},
       std::string("hold { subject_id: '") + kPiece + "' reason: 'inquiry' }"},
      {{"lot", "dispute", kLot, "--reason", "never given"},
       std::string("dispute { subject_id: '") + kLot + "' reason: 'never given' }"},
      {{"lot", "release", kLot, "--attestation", kAttestation, "--reason", "counted"},
       std::string("release { subject_id: '") + kLot + "' attestation_id: '" + kAttestation + "' reason: 'counted' }"},
      {{"lot", "recall", kLot, "--reason", "wrong assay"},
       std::string("recall { subject_id: '") + kLot + "' reason: 'wrong assay' }"},
      {{"lot", "retire", kPiece, "--kind", "melted-down"},
       std::string("retire { subject_id: '") + kPiece + "' kind: KIND_MELTED_DOWN }"},
      {{"lot", "lose", kLot, "--kind", "stolen", "--part", "12.5 g"},
       std::string("lose { lot_id: '") + kLot + "' kind: KIND_STOLEN part_gross_mg: 12500 }"},
      {{"lot", "import", kLot, "--country", "CH", "--customs-reference", "25CH118"},
       std::string("import { lot_ids: '") + kLot + "' country: 'CH' customs_reference: '25CH118' }"},
  };
}

std::vector<Typed> OfAccounts() {
  const std::string output = "{ material { " + kMetalText + " } }";
  return {
      {{"account", "open", "--kind", "melt-campaign", "--model", "segregated", "--site", kSite, "--opened-empty",
        "--flush", "20 g"},
       std::string("open_account { kind: KIND_MELT_CAMPAIGN custody_model: CUSTODY_MODEL_SEGREGATED site_id: '") +
           kSite + "' opened_empty: true flush_fine_mg: 20000 }"},
      {{"account", "charge", kAccount, "--input", kLot},
       std::string("charge { account_id: '") + kAccount + "' inputs { lot_id: '" + kLot + "' } }"},
      {{"account", "discharge", kAccount, "--output", kMetal, "--owner", kParty},
       std::string("discharge { account_id: '") + kAccount + "' outputs " + output + " owner_party_id: '" + kParty +
           "' }"},
      {{"account", "close", kAccount, "--counted", kMetal},
       std::string("close_account { account_id: '") + kAccount + "' counted " + output + " }"},
      {{"account", "close", kAccount}, std::string("close_account { account_id: '") + kAccount + "' }"},
      {{"stocktake", "--site", kSite, "--from", "2025-06-01", "--until", "2025-06-02", "--counted",
        std::string(kLot) + "=812.4 g"},
       std::string("stocktake { site_id: '") + kSite +
           "' period_from_us: 1748736000000000 period_until_us: "
           "1748822400000000 counted { lot_id: '" +
           kLot + "' gross_mg: 812400 } }"},
  };
}

void ExpectTyped(const std::vector<Typed>& table) {
  DeskOffline desk;
  for (const Typed& typed : table) {
    SCOPED_TRACE(::testing::PrintToString(typed.arguments));
    v1::Event expected;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(typed.event, &expected)) << typed.event;
    std::vector<v1::Event> events = desk.Sign(typed.arguments);
    ASSERT_EQ(events.size(), 1u) << desk.last.err;
    if (events[0].has_distrust_key()) events[0].mutable_distrust_key()->clear_key();
    EXPECT_EQ(events[0].DebugString(), expected.DebugString());
  }
}

TEST(EventCommands, OfAuthoritySignWhatIsTyped) { ExpectTyped(OfAuthority()); }
TEST(EventCommands, OfOriginSignWhatIsTyped) { ExpectTyped(OfOrigin()); }
TEST(EventCommands, OfLotsSignWhatIsTyped) { ExpectTyped(OfLots()); }
TEST(EventCommands, OfAccountsSignWhatIsTyped) { ExpectTyped(OfAccounts()); }

TEST(EventCommands, RefuseWhatNoBodyCanSay) {
  DeskOffline desk;
  const std::vector<std::vector<std::string>> bad = {
      {"lot", "unpack", "S-1"},
      {"lot", "unpack", "S-1", "--found", "perhaps"},
      {"lot", "sample", kLot, "--mass", "5", "--laboratory", kParty},
      {"lot", "lose", kLot, "--kind", "stolen", "--part", "a bit"},
      {"lot", "hold", kLot},
      {"lot", "assay", kLot, "--fineness", "912 permille", "--method", "icp", "--uncertainty", "1 ppm", "--element",
       "Ag"},
      {"lot", "receive", "--received", kLot},
      {"lot", "cast", "--input", kLot, "--output", "form=bar,mass=1 kg,good-delivery=perhaps"},
      {"lot", "produce", "--site", kSite, "--route", "gravity", "--from", "2025-06-01", "--until", "2025-06-02",
       "--output", kMetal, "--registrant", "nobody"},
      {"site", "update", kSite, "--area", "here"},
      {"site", "update", kSite, "--area", " "},
      {"party", "distrust-key", "0f3c", "--from-index", "1", "--reason", "x"},
      {"account", "open", "--kind", "bench", "--site", kSite},
      {"policy", "publish", desk.WriteFile("pack.textproto", "id: 'gold'")},
  };
  for (const std::vector<std::string>& arguments : bad) {
    EXPECT_TRUE(desk.Sign(arguments).empty());
    EXPECT_EQ(desk.last.code, ExitCode::kUsage) << ::testing::PrintToString(arguments);
  }
  EXPECT_EQ(desk.server.calls, 0);
}

TEST(EventCommands, SettleNeedsBothSignaturesAndTakesThemTogether) {
  DeskOffline desk;
  const std::vector<v1::Event> events =
      desk.Sign({"lot", "settle", kLot, "--fineness", "912 permille", "--method", "fire-assay", "--uncertainty",
                 "0.5 permille", "--assay", "121", "--assay", "118", "--seller", kParty, "--buyer", kOtherParty},
                {"north", "south"});
  ASSERT_EQ(events.size(), 1u) << desk.last.err;
  EXPECT_THAT(events[0].settle().assay_indexes(), ElementsAre(118, 121));
  EXPECT_EQ(events[0].settle().seller_party_id(), kParty);
  EXPECT_EQ(events[0].settle().buyer_party_id(), kOtherParty);
  EXPECT_EQ(events[0].settle().fineness().ppm(), 912'000u);
}

TEST(EventCommands, PublishNamesThePackByItsText) {
  DeskOffline desk;
  const ledger::Policy& pack = ledger::BuiltInPolicies().front();
  const std::vector<v1::Event> events = desk.Sign({"policy", "publish", desk.WriteFile("pack.textproto", pack.bytes)});
  ASSERT_EQ(events.size(), 1u) << desk.last.err;
  EXPECT_EQ(events[0].publish_policy().policy_id(), pack.pack.id());
  EXPECT_EQ(events[0].publish_policy().version(), pack.pack.version());
  EXPECT_EQ(events[0].publish_policy().sha256(), pack.sha256.view());
}

TEST(EventCommands, WithholdWhatNamesPeopleAndKeepWhatOpensIt) {
  DeskOffline desk;
  const std::string file = desk.folder.File("people");
  const std::vector<std::string> update = {"site",       "update",
                                           kSite,        "--registrant",
                                           kHash,        "--withhold-registrant",
                                           "Ana Quispe", "--withhold-registrant",
                                           "Juan Mamani"};
  EXPECT_TRUE(desk.Sign(update).empty()) << "the salts would be lost";
  std::vector<std::string> keeping = update;
  keeping.insert(keeping.end(), {"--disclosures", file});
  const std::vector<v1::Event> events = desk.Sign(keeping);
  ASSERT_EQ(events.size(), 1u) << desk.last.err;
  const auto& registrants = events[0].update_site().registrants();
  ASSERT_EQ(registrants.size(), 3);
  EXPECT_TRUE(std::is_sorted(registrants.begin(), registrants.end(), [](const v1::Withheld& a, const v1::Withheld& b) {
    return a.commitment() < b.commitment();
  }));
  std::istringstream lines(desk.ReadFile("people"));
  std::set<std::string> opened;
  for (std::string line; std::getline(lines, line);) {
    const Json json = Json::parse(line);
    v1::Disclosure disclosure;
    disclosure.set_salt(*HexDecode(json["salt"].get<std::string>()));
    disclosure.set_value(*HexDecode(json["value"].get<std::string>()));
    const std::string field = json["field"];
    const std::string start = "update_site.registrants[";
    ASSERT_EQ(field.substr(0, start.size()), start);
    EXPECT_TRUE(ledger::CheckDisclosure(registrants[field[start.size()] - '0'], disclosure).ok()) << field;
    opened.insert(disclosure.value());
  }
  EXPECT_EQ(opened, (std::set<std::string>{"Ana Quispe", "Juan Mamani"}));
}

TEST(EventCommands, WithholdSuppliersAndBeneficialOwners) {
  DeskOffline desk;
  const std::string file = desk.folder.File("people");
  const auto intake = desk.Sign({"lot", "intake", "--door", "unknown", "--output", kMetal, "--withhold-supplier",
                                 "Casa Pérez", "--disclosures", file});
  ASSERT_EQ(intake.size(), 1u) << desk.last.err;
  const auto party =
      desk.Sign({"party", "register", "--name", "A", "--country", "PE", "--role", "miner", "--withhold-owner-person",
                 "Ana Quispe", "--withhold-beneficial-owners", "Ana Quispe", "--disclosures", file});
  ASSERT_EQ(party.size(), 1u) << desk.last.err;
  EXPECT_EQ(intake[0].intake().supplier().commitment().size(), 32u);
  EXPECT_EQ(party[0].register_party().beneficial_owners().commitment().size(), 32u);
  EXPECT_EQ(party[0].register_party().owner_persons_size(), 1);
  const std::string kept = desk.ReadFile("people");
  for (const char* field : {"intake.supplier", "register_party.beneficial_owners", "register_party.owner_persons[0]"}) {
    EXPECT_THAT(kept, HasSubstr(field));
  }
}

// --- correct, void ---------------------------------------------------------------------------------------------------

/// A ledger with one production, which is entry `index`.
class Mending : public ::testing::Test {
 protected:
  Mending() {
    desk_.server.Admit(desk_.server.story.Offices());
    desk_.server.Admit(desk_.server.story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
    const auto site = desk_.server.story.RegisterSite("Mina Clara", v1::RegisterSite::KIND_MINE, "north", "PE");
    desk_.server.Admit(site);
    produced_ =
        desk_.server.story.Produce("north", site.site(), {touchstone::testing::Metal(v1::FORM_DORE, 812'500, 912'000)});
    desk_.server.Admit(produced_);
    index_ = desk_.server.entries.size() - 1;
  }

  /// What a command signs.
  v1::Event Sign(std::vector<std::string> arguments, const std::vector<std::string>& actors = {"north"}) {
    const std::string file = "signed-" + std::to_string(++count_);
    arguments.insert(arguments.end(), {"--offline", desk_.folder.File(file)});
    for (const std::string& actor : actors) arguments.insert(arguments.end(), {"--key", desk_.KeyFile(actor)});
    const Outcome outcome = desk_.Run(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
    if (outcome.code != ExitCode::kDone) return {};
    return ParseOutbox(desk_.ReadFile(file))->at(0).event;
  }

  std::string At() const { return std::to_string(index_); }

  Desk desk_;
  touchstone::testing::Statement produced_;
  uint64_t index_ = 0;
  int count_ = 0;
};

TEST_F(Mending, CorrectSetsFieldsOfTheOriginal) {
  const v1::Event event = Sign({"event", "correct", At(), "--set", "produce.outputs[0].gross_mg=802.5 g", "--set",
                                "produce.mercury_use=used", "--reason", "scale misread"});
  EXPECT_EQ(event.correct().event_index(), index_);
  EXPECT_EQ(event.correct().original(), produced_.event.SerializeAsString());
  EXPECT_EQ(event.correct().reason(), "scale misread");
  v1::Event expected = produced_.event;
  expected.mutable_produce()->mutable_outputs(0)->set_gross_mg(802'500);
  expected.mutable_produce()->set_mercury_use(v1::MERCURY_USE_USED);
  EXPECT_EQ(event.correct().replacement(), expected.SerializeAsString());
}

TEST_F(Mending, CorrectTakesAFileThatWasEdited) {
  const std::string file = desk_.folder.File("event.json");
  ASSERT_EQ(desk_.Run({"event", "show", At(), "--event-file", file}).code, ExitCode::kDone);
  std::string text = desk_.ReadFile("event.json");
  const size_t at = text.find("812500");
  ASSERT_NE(at, std::string::npos) << text;
  desk_.WriteFile("event.json", text.replace(at, 6, "802500"));
  const v1::Event event = Sign({"event", "correct", At(), "--replacement", file, "--reason", "scale misread"});
  v1::Event expected = produced_.event;
  expected.mutable_produce()->mutable_outputs(0)->set_gross_mg(802'500);
  EXPECT_EQ(event.correct().replacement(), expected.SerializeAsString());
}

TEST_F(Mending, CorrectTakesAFileWithTheBodyAlone) {
  v1::Event body;
  *body.mutable_produce() = produced_.event.produce();
  body.mutable_produce()->set_shift("night");
  const std::string file = desk_.WriteFile("body.textproto", body.DebugString());
  const v1::Event event = Sign({"event", "correct", At(), "--replacement", file, "--reason", "another shift"});
  v1::Event expected = produced_.event;
  expected.mutable_produce()->set_shift("night");
  EXPECT_EQ(event.correct().replacement(), expected.SerializeAsString());
}

TEST_F(Mending, VoidCarriesTheOriginal) {
  const std::string id = HexEncode(produced_.event_id.view());
  const v1::Event event = Sign({"event", "void", id, "--reason", "entered twice"}, {"north", "registry"});
  EXPECT_EQ(event.void_().event_index(), index_);
  EXPECT_EQ(event.void_().original(), produced_.event.SerializeAsString());
  EXPECT_EQ(event.void_().reason(), "entered twice");
  EXPECT_EQ(event.signer_keys_size(), 2);
}

TEST_F(Mending, CorrectThatSaysNothingNewIsNotSigned) {
  const std::string same = desk_.WriteFile("same.textproto", produced_.event.DebugString());
  const std::vector<std::vector<std::string>> bad = {
      {},
      {"--replacement", same},
      {"--replacement", same, "--set", "produce.shift=x"},
      {"--replacement", desk_.folder.File("absent")},
      {"--set", "produce.outputs[0].gross_mg=812.5 g"},
      {"--set", "produce.outputs[1].gross_mg=1 g"},
      {"--set", "produce.outputs[0].gross_mg=812500"},
      {"--set", "produce.colour=red"},
      {"--set", "produce.shift"},
  };
  for (const std::vector<std::string>& arguments : bad) {
    std::vector<std::string> command = {"event", "correct", At(), "--reason", "x", "--key", desk_.KeyFile("north")};
    command.insert(command.end(), arguments.begin(), arguments.end());
    EXPECT_EQ(desk_.Run(command).code, ExitCode::kUsage) << ::testing::PrintToString(arguments);
  }
  EXPECT_EQ(desk_.Run({"event", "void", "none", "--reason", "x", "--key", desk_.KeyFile("north")}).code,
            ExitCode::kUsage);
}

TEST_F(Mending, BelievesNoOriginalWhoseReceiptDoesNotHold) {
  desk_.server.tamper = [](v1::Receipt& receipt) { receipt.set_recorded_at_us(1); };
  EXPECT_EQ(desk_.Run({"event", "void", At(), "--reason", "x", "--key", desk_.KeyFile("north")}).code,
            ExitCode::kNotVerifiable);
}

}  // namespace
}  // namespace touchstone::cli
