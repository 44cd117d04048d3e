// touchstone verify: a bundle checked without any server.
#include <algorithm>
#include <optional>

#include "base/files.h"
#include "base/limits.h"
#include "cli/commands/commands.h"
#include "cli/own_packs.h"
#include "cli/receipt.h"
#include "cli/time.h"
#include "cli/verdict.h"
#include "cli/witnesses.h"
#include "fmt/format.h"
#include "ledger/bundle.h"
#include "ledger/claim_code.h"
#include "ledger/describe.h"
#include "ledger/ids.h"
#include "ledger/mass.h"

namespace touchstone::cli {
namespace {

struct Verified {
  std::string file;
  std::vector<std::string> policy_files;
  std::string expected;  // an id, code or address
};

// --- What it is ------------------------------------------------------------------------------------------------------

const v1::PartyRecord* SignerOf(const ledger::BundleReport& report, const std::string& party_id) {
  const auto signer = std::find_if(report.signers.begin(), report.signers.end(),
                                   [&](const v1::PartyRecord& party) { return party.party_id() == party_id; });
  return signer == report.signers.end() ? nullptr : &*signer;
}

/// Who issued the claim is among those who signed, since it signed the claim.
std::string IssuerText(const ledger::BundleReport& report) {
  const std::string& party_id = report.claim->party_id();
  const v1::PartyRecord* const issuer = SignerOf(report, party_id);
  return issuer == nullptr ? party_id : fmt::format("{} ({}), {}", issuer->name(), issuer->country(), party_id);
}

std::string SubjectText(const ledger::BundleReport& report) {
  std::string text = fmt::format("subject: {}\n", report.subject_id);
  if (report.claim.has_value()) {
    text += fmt::format("claim: {} as far as is shown, code {}, issued by {}\n", WordFor(report.claim->status()),
                        ledger::ClaimCode(report.claim->claim_id()), IssuerText(report));
  }
  if (report.piece.has_value()) {
    const v1::Piece& piece = report.piece->piece();
    text += fmt::format("piece: {}, serial {}, {} of metal at {}, {}\n", piece.article(), piece.serial(),
                        ledger::FormatMassMg(piece.metal_mg()), ledger::FormatPpm(piece.fineness().ppm()),
                        report.piece->piece_id());
  }
  if (report.lot.has_value()) {
    text += fmt::format("lot: {}, {} as far as is shown\n", ledger::DescribeMaterial(report.lot->material()),
                        WordFor(report.lot->status()));
  }
  return text;
}

Json ClaimJson(const ledger::BundleReport& report) {
  const v1::ClaimRecord& claim = *report.claim;
  Json issuer = {{"party_id", claim.party_id()}};
  if (const v1::PartyRecord* const party = SignerOf(report, claim.party_id())) {
    issuer["name"] = party->name();
    issuer["country"] = party->country();
  }
  return Json{{"claim_id", claim.claim_id()},
              {"code", ledger::ClaimCode(claim.claim_id())},
              {"status", NameFor(claim.status())},
              {"issuer", std::move(issuer)}};
}

void AddSubjectTo(Json& json, const ledger::BundleReport& report) {
  if (report.claim.has_value()) json["claim"] = ClaimJson(report);
  if (report.piece.has_value()) {
    const v1::Piece& piece = report.piece->piece();
    json["piece"] = Json{{"piece_id", report.piece->piece_id()},
                         {"article", piece.article()},
                         {"serial", piece.serial()},
                         {"metal_mg", piece.metal_mg()},
                         {"fineness_ppm", piece.fineness().ppm()}};
  }
  if (report.lot.has_value()) {
    json["lot"] = Json{{"lot_id", report.lot->lot_id()},
                       {"form", NameFor(report.lot->material().form())},
                       {"mass_mg", ledger::MassMg(report.lot->material())},
                       {"status", NameFor(report.lot->status())}};
  }
}

// --- The report ------------------------------------------------------------------------------------------------------

VerdictNotes NotesOf(const ledger::BundleReport& report, const PackFiles& files) {
  return {.readings = report.readings, .claim = report.claim, .files = files};
}

std::string ReportText(const ledger::BundleReport& report, const PackFiles& files, v1::Verdict worst) {
  std::string text = SubjectText(report) + fmt::format("log: {}\n", report.checkpoint.origin);
  text += CheckpointText({report.checkpoint, true});
  if (report.predecessor.has_value()) text += PredecessorText(*report.predecessor);
  text += fmt::format("newest entry shown: {}, recorded at {}\n", report.newest_index,
                      FormatTimeUs(report.newest_recorded_at_us));
  text += fmt::format("proven: {} entries are in the log, {} signatures hold, every rule that they decide was kept\n",
                      report.entries, report.signatures);
  for (const v1::PartyRecord& signer : report.signers) {
    text += fmt::format("signed by: {} ({}), {}\n", signer.name(), signer.country(), signer.party_id());
  }
  text += EvaluationsText(report.evaluations, NotesOf(report, files));
  return text + GlobalText(report) + fmt::format("{} on the evidence shown\n", NameFor(worst));
}

Json ReportJson(const ledger::BundleReport& report, const PackFiles& files, v1::Verdict worst) {
  Json signers = Json::array();
  for (const v1::PartyRecord& signer : report.signers) {
    signers.push_back(Json{{"party_id", signer.party_id()}, {"name", signer.name()}, {"country", signer.country()}});
  }
  Json json = {
      {"verdict", NameFor(worst)},
      {"subject", report.subject_id},
      {"evaluations", EvaluationsJson(report.evaluations, NotesOf(report, files))},
      {"entries", report.entries},
      {"signatures", report.signatures},
      {"signers", std::move(signers)},
      {"origin", report.checkpoint.origin},
      {"checkpoint", CheckpointJson({report.checkpoint, true})},
      {"newest_entry", {{"index", report.newest_index}, {"recorded_at", FormatTimeUs(report.newest_recorded_at_us)}}}};
  AddSubjectTo(json, report);
  if (report.predecessor.has_value()) json["predecessor"] = PredecessorJson(*report.predecessor);
  json.update(GlobalJson(report));
  return json;
}

void PrintNotVerifiable(Context& context, const std::string& file, const absl::Status& status) {
  const Json json = {{"verdict", "NOT_VERIFIABLE"},
                     {"reason", ReasonOf(status)},
                     {"field", FieldOf(status)},
                     {"message", std::string(MessageOf(status))}};
  context.output().Result(
      json, fmt::format("{}: {}\nNOT VERIFIABLE: believe nothing that it says\n", file, ErrorText(status)));
}

// --- The command -----------------------------------------------------------------------------------------------------

/// What the reader expects to be told of: an id in full, or what the id of a claim begins with.
absl::StatusOr<std::string> ExpectedId(const std::string& expected) {
  if (expected.empty() || ledger::KindOfId(expected).has_value()) return expected;
  absl::StatusOr<std::string> prefix = ledger::ClaimIdPrefix(expected);
  if (prefix.ok()) return prefix;
  return InvalidInput(ReasonOf(prefix.status()), "--expect",
                      fmt::format("an id, or the code or address of a claim: {}", MessageOf(prefix.status())));
}

/// The claim of a piece is about the piece too.
absl::Status CheckSubject(const ledger::BundleReport& report, const std::string& expected_id,
                          const std::string& expected) {
  const bool about = report.subject_id.starts_with(expected_id) ||
                     (report.piece.has_value() && report.piece->piece_id() == expected_id);
  if (about) return absl::OkStatus();
  return InvalidInput("SUBJECT_MISMATCH", "subject_id",
                      fmt::format("it is about {}, and {} was expected", report.subject_id, expected));
}

absl::StatusOr<ExitCode> Verify(Context& context, const Verified& verified) {
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trusted, context.trust());
  if (trusted == nullptr) {
    return InvalidInput("TRUST_MISSING", "--trust",
                        "a bundle proves nothing but to who knows whom to trust: name a trust file");
  }
  TS_ASSIGN_OR_RETURN(const std::string expected_id, ExpectedId(verified.expected));
  TS_ASSIGN_OR_RETURN(OwnPacks own, ReadOwnPacks(verified.policy_files));
  ledger::Trust trust = *trusted;
  trust.own = std::move(own.packs);
  TS_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(verified.file, limits::kMaxBundleBytes));
  const absl::StatusOr<ledger::BundleReport> report = ledger::VerifyBundle(bytes, trust);
  absl::Status status = report.status();
  if (status.ok()) status = CheckSubject(*report, expected_id, verified.expected);
  if (!status.ok()) {
    PrintNotVerifiable(context, verified.file, EndingWith(ExitCode::kNotVerifiable, status));
    return ExitCode::kNotVerifiable;
  }
  const v1::Verdict worst = WorstOf(report->evaluations);
  context.output().Result(ReportJson(*report, own.files, worst), ReportText(*report, own.files, worst));
  return ExitFor(worst);
}

}  // namespace

void AddVerifyCommand(CommandTree& tree) {
  auto verified = std::make_shared<Verified>();
  CLI::App* verify = AddCommand(
      tree, &tree.app, "verify", "Verify a bundle without any server: proofs, signatures, local rules, then the packs",
      "verify ring.touchstone --trust trust.toml", [verified](Context& context) { return Verify(context, *verified); });
  AddText(verify, "file", "FILE", "The bundle", &verified->file)->required();
  AddPolicyFiles(verify, &verified->policy_files, "judged too, and accepted where the bundle brings it");
  AddText(verify, "--expect", "ID",
          "What it must be about: an id, or the code or address of a claim; a bundle about anything else exits 3",
          &verified->expected);
}

}  // namespace touchstone::cli
