#include "tests/provenance/lying/pack_lies.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "base/check.h"
#include "fmt/format.h"

namespace touchstone::ledger {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using testing::Answers;
using testing::Paper;
using testing::WayFacts;

/// The parts of a rule that its own path stands for, and texts for people.
const std::set<std::string> kNoRules = {"id",    "version", "title", "sources", "certified_title",
                                        "scope", "about",   "kind",  "door",    "bearing"};

void AddRules(const Message& message, const std::string& path, std::vector<std::string>& rules) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (kNoRules.count(field->name()) != 0) continue;
    const std::string here = path.empty() ? field->name() : path + "." + field->name();
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      rules.push_back(here);
    } else if (!field->is_repeated()) {
      // The process is a heading; a certification is a rule.
      if (field->name() != "process") rules.push_back(here);
      AddRules(message.GetReflection()->GetMessage(message, field), here, rules);
    } else {
      for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
        const std::string one = fmt::format("{}[{}]", here, i);
        rules.push_back(one);
        AddRules(message.GetReflection()->GetRepeatedMessage(message, field, i), one, rules);
      }
    }
  }
}

class Liar {
 public:
  explicit Liar(const v1::PolicyPack& pack) : pack_(pack) {}

  std::vector<Lie> Lies() {
    AboutTheProcess();
    for (int i = 0; i < pack_.attestations_size(); ++i) {
      AboutAnAttestation(pack_.attestations(i), fmt::format("attestations[{}]", i), v1::VERDICT_INDETERMINATE);
    }
    for (int i = 0; i < pack_.licences_size(); ++i) AboutALicence(pack_.licences(i), fmt::format("licences[{}]", i));
    for (int i = 0; i < pack_.doors_size(); ++i) AboutADoor(pack_.doors(i), fmt::format("doors[{}]", i));
    AboutCustody();
    // A pack does not ask for certification: without it the verdict stays, and certifies nothing.
    if (pack_.has_certification()) AboutAnAttestation(pack_.certification(), "certification", v1::VERDICT_PASS);
    const auto excused = RulesWithoutALie(pack_);
    lies_.erase(
        std::remove_if(lies_.begin(), lies_.end(), [&](const Lie& lie) { return excused.count(lie.rule) != 0; }),
        lies_.end());
    return std::move(lies_);
  }

 private:
  void Add(std::string rule, v1::Verdict verdict, v1::VerdictCode code, const std::function<void(WayFacts&)>& tell) {
    WayFacts facts = HonestFacts(pack_);
    tell(facts);
    lies_.push_back({std::move(rule), std::move(facts), verdict, code});
  }

  void AboutTheProcess() {
    const v1::ProcessRule& rule = pack_.process();
    if (rule.no_mercury()) {
      Add("process.no_mercury", v1::VERDICT_FAIL, v1::VERDICT_CODE_MERCURY_DECLARED,
          [](WayFacts& f) { f.mercury = v1::MERCURY_USE_USED; });
      Add("process.no_mercury", v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_MERCURY_NOT_DECLARED,
          [](WayFacts& f) { f.mercury = v1::MERCURY_USE_UNSPECIFIED; });
    }
    if (!rule.permitted_routes().empty()) {
      Add("process.permitted_routes", v1::VERDICT_FAIL, v1::VERDICT_CODE_ROUTE_NOT_PERMITTED,
          [](WayFacts& f) { f.won_by = v1::PROCESS_ROUTE_REFINING_AQUA_REGIA; });
    }
    for (const int route : rule.forbidden_routes()) {
      Add("process.forbidden_routes", v1::VERDICT_FAIL, v1::VERDICT_CODE_ROUTE_NOT_PERMITTED, [route](WayFacts& f) {
        f.won_by = static_cast<v1::ProcessRoute>(route);
        f.mercury = v1::MERCURY_USE_USED;
      });
    }
    if (rule.route_declared()) {
      Add("process.route_declared", v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_ROUTE_NOT_DECLARED,
          [](WayFacts& f) { f.smelted_by = v1::PROCESS_ROUTE_UNSPECIFIED; });
    }
    if (rule.no_cyanide()) {
      Add("process.no_cyanide", v1::VERDICT_FAIL, v1::VERDICT_CODE_CYANIDE_USED,
          [](WayFacts& f) { f.won_by = v1::PROCESS_ROUTE_CYANIDATION; });
    }
    if (rule.no_mercury_tailings()) {
      Add("process.no_mercury_tailings", v1::VERDICT_FAIL, v1::VERDICT_CODE_TAILINGS_WITH_MERCURY, [](WayFacts& f) {
        f.leached_tailings = true;
        f.won_by = v1::PROCESS_ROUTE_CONCENTRATE_AMALGAMATION;
        f.mercury = v1::MERCURY_USE_USED;
      });
    }
  }

  /// Changes the papers that the rule asks for.
  static std::function<void(WayFacts&)> Papers(const v1::AttestationRule& rule, std::function<void(Paper&)> change) {
    return [rule, change = std::move(change)](WayFacts& facts) {
      for (Paper& paper : facts.papers) {
        if (Answers(paper, rule)) change(paper);
      }
    };
  }

  void AboutAnAttestation(const v1::AttestationRule& rule, const std::string& path, v1::Verdict verdict) {
    Add(path, verdict, v1::VERDICT_CODE_ATTESTATION_MISSING, [&](WayFacts& f) {
      f.papers.erase(std::remove_if(f.papers.begin(), f.papers.end(), [&](const Paper& p) { return Answers(p, rule); }),
                     f.papers.end());
    });
    const auto old = Papers(rule, [](Paper& paper) { paper.old = true; });
    Add(path + ".max_age_days", verdict, v1::VERDICT_CODE_ATTESTATION_TOO_OLD, [&](WayFacts& f) {
      old(f);
      f.old_days = static_cast<int>(rule.max_age_days()) + 1;
    });
    if (!rule.standard().empty()) {
      Add(path + ".standard", verdict, v1::VERDICT_CODE_ATTESTATION_MISSING,
          Papers(rule, [](Paper& paper) { paper.standard = "A scheme of one's own"; }));
    }
    if (rule.on_site()) {
      Add(path + ".on_site", verdict, v1::VERDICT_CODE_ATTESTATION_REMOTE,
          Papers(rule, [](Paper& paper) { paper.visit = v1::Attest::VISIT_DESK_REVIEW; }));
    }
    if (rule.independent_of_chain()) {
      Add(path + ".independent_of_chain", verdict, v1::VERDICT_CODE_ATTESTOR_IN_CHAIN,
          Papers(rule, [](Paper& paper) { paper.attestor = "plant"; }));
    }
  }

  void AboutALicence(const v1::LicenceRule& rule, const std::string& path) {
    constexpr auto kVerdict = v1::VERDICT_FAIL;
    constexpr auto kCode = v1::VERDICT_CODE_LICENCE_MISSING;
    // Where a rule is for some countries, another one is for the rest: it is asked of a mine in Bolivia.
    const std::string country = rule.countries().empty() ? "BO" : rule.countries(0);
    const auto without = [&](WayFacts& f) {
      f.country = country;
      f.licence.reset();
    };
    Add(path, kVerdict, kCode, without);
    if (!rule.from_date().empty()) Add(path + ".from_date", kVerdict, kCode, without);
    if (!rule.until_date().empty()) Add(path + ".until_date", kVerdict, kCode, without);
    if (rule.holder_is_operator()) {
      Add(path + ".holder_is_operator", kVerdict, kCode, [&](WayFacts& f) {
        f.country = country;
        f.holder = "refiner";
      });
    }
    if (!rule.alternatives().empty()) {
      Add(path + ".alternatives", kVerdict, kCode, [&](WayFacts& f) {
        f.country = country;
        f.licence = v1::LICENCE_KIND_ENVIRONMENTAL;
      });
    }
    if (!rule.countries().empty()) {
      Add(path + ".countries", kVerdict, kCode, [&](WayFacts& f) {
        f.country = "BO";
        f.licence = rule.alternatives().empty() ? rule.kind() : static_cast<v1::LicenceKind>(rule.alternatives(0));
      });
    }
  }

  void AboutADoor(const v1::DoorRule& rule, const std::string& path) {
    const auto code =
        rule.bearing() == v1::VERDICT_FAIL ? v1::VERDICT_CODE_DOOR_REFUSED : v1::VERDICT_CODE_ORIGIN_OFF_LEDGER;
    const auto enter = [&](WayFacts& f) {
      f.door = rule.door();
      if (!rule.recycled_kinds().empty()) {
        f.recycled_kind = static_cast<v1::Intake::RecycledKind>(rule.recycled_kinds(0));
      }
    };
    Add(path, rule.bearing(), code, enter);
    if (!rule.recycled_kinds().empty()) Add(path + ".recycled_kinds", rule.bearing(), code, enter);
  }

  void AboutCustody() {
    for (const v1::CustodyModel model : {v1::CUSTODY_MODEL_UNSPECIFIED, v1::CUSTODY_MODEL_BOOK_AND_CLAIM}) {
      Add("permitted_models", v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_CUSTODY_MODEL,
          [model](WayFacts& f) { f.model = model; });
    }
    if (pack_.least_qualifying_ppm() == 0) return;
    const bool balanced = std::count(pack_.permitted_models().begin(), pack_.permitted_models().end(),
                                     v1::CUSTODY_MODEL_MASS_BALANCE) != 0;
    Add("least_qualifying_ppm", v1::VERDICT_INDETERMINATE, v1::VERDICT_CODE_FRACTION_TOO_SMALL, [&](WayFacts& f) {
      f.second_mine_without_papers = true;
      f.model = balanced ? v1::CUSTODY_MODEL_MASS_BALANCE : v1::CUSTODY_MODEL_CONTROLLED_BLENDING;
    });
  }

  const v1::PolicyPack& pack_;
  std::vector<Lie> lies_;
};

}  // namespace

const Policy& PackOfOtherRules() {
  static constexpr char kText[] = R"(
    id: "other-rules" version: 1 title: "What no pack of the software asks for"
    attestations { scope: SCOPE_IDENTITY max_age_days: 90 about: ABOUT_PRODUCER on_site: true independent_of_chain: true }
    licences { kind: LICENCE_KIND_TITLE from_date: "2026-01-01" until_date: "2036-01-01" }
    doors { door: DOOR_RECYCLED recycled_kinds: RECYCLED_KIND_INVESTMENT bearing: VERDICT_FAIL }
    permitted_models: [CUSTODY_MODEL_SEGREGATED, CUSTODY_MODEL_CONTROLLED_BLENDING]
    least_qualifying_ppm: 600000
    sources { rule: "attestations" citation: "a test" }
  )";
  static const Policy& policy = *new Policy([] {
    absl::StatusOr<Policy> parsed = ParsePolicy(kText);
    TS_CHECK(parsed.ok());
    return *std::move(parsed);
  }());
  return policy;
}

WayFacts HonestFacts(const v1::PolicyPack& pack) { return {.papers = testing::PapersFor({&pack})}; }

std::vector<std::string> RulesOf(const v1::PolicyPack& pack) {
  std::vector<std::string> rules;
  AddRules(pack, "", rules);
  return rules;
}

std::vector<Lie> LiesAgainst(const v1::PolicyPack& pack) { return Liar(pack).Lies(); }

std::map<std::string, std::string> RulesWithoutALie(const v1::PolicyPack& pack) {
  std::map<std::string, std::string> excused;
  for (int i = 0; i < pack.doors_size(); ++i) {
    if (pack.doors(i).bearing() != v1::VERDICT_PASS) continue;
    excused[fmt::format("doors[{}]", i)] = "what a pack takes as it is breaks nothing";
  }
  for (const v1::AttestationRule& rule : pack.attestations()) {
    if (!pack.has_certification() || rule.SerializeAsString() != pack.certification().SerializeAsString()) continue;
    for (const char* part : {"", ".max_age_days", ".standard"}) {
      excused[std::string("certification") + part] = "the pack asks for the very paper that certifies";
    }
  }
  return excused;
}

}  // namespace touchstone::ledger
