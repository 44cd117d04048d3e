#include "tests/bench/load/chains.h"

#include <algorithm>
#include <vector>

#include "base/limits.h"
#include "fmt/format.h"

namespace touchstone::bench {

using testing::FineAs;
using testing::Into;
using testing::Metal;
using testing::Statement;
using testing::Take;
using testing::Unassayed;

namespace {

constexpr uint64_t kMgPerG = 1'000;
constexpr int64_t kSecondUs = 1'000'000;
constexpr uint32_t kDorePpm = 900'000;
/// What a melt of such doré assays: a little less, as some is lost.
constexpr uint32_t kMeltPpm = 899'800;
constexpr uint32_t kBarPpm = 995'000;
constexpr uint32_t kScrapPpm = 585'000;

/// The gross mass at `to_ppm` of what `mass_mg` at `from_ppm` yields when one part in 2,000 is lost.
uint64_t Yield(uint64_t mass_mg, uint32_t from_ppm, uint32_t to_ppm) {
  return mass_mg * from_ppm / 10'000 * 9'995 / to_ppm;
}

v1::Piece Ring(const std::string& serial, uint64_t metal_mg, uint32_t ppm) {
  v1::Piece ring;
  ring.set_article("ring");
  ring.set_serial(serial);
  ring.set_metal_mg(metal_mg);
  *ring.mutable_fineness() = FineAs(ppm);
  return ring;
}

std::vector<v1::PolicyRef> Policy(std::string_view id) {
  v1::PolicyRef policy;
  policy.set_policy_id(std::string(id));
  policy.set_version(1);
  policy.set_sha256(std::string(crypto::Sha256(id).view()));
  return {policy};
}

}  // namespace

Chains::Chains(LoadStory& story, std::string_view run, uint64_t district)
    : story_(story),
      name_(fmt::format("{}-{}", run, district)),
      district_(district),
      dice_(district),
      miner_("miner " + name_),
      trader_("trader " + name_),
      refiner_("refiner " + name_),
      laboratory_("laboratory " + name_),
      inspector_("inspector " + name_),
      jeweler_("jeweler " + name_),
      keeper_("keeper " + name_) {
  Settle();
}

void Chains::Settle() {
  story_.RegisterParty(miner_, "PE", {v1::ROLE_MINER});
  story_.RegisterParty(trader_, "PE", {v1::ROLE_AGGREGATOR, v1::ROLE_EXPORTER});
  story_.RegisterParty(refiner_, "CH", {v1::ROLE_REFINER});
  story_.RegisterParty(laboratory_, "CH", {v1::ROLE_ASSAY_LABORATORY});
  story_.RegisterParty(inspector_, "PE", {v1::ROLE_INSPECTOR});
  story_.RegisterParty(jeweler_, "IT", {v1::ROLE_JEWELER});
  story_.RegisterParty(keeper_, "CH", {v1::ROLE_AGGREGATOR});
  story_.AddKey(miner_, "second key of " + miner_);
  story_.Accredit(inspector_, {v1::SCOPE_MERCURY_FREE_PROCESS, v1::SCOPE_FORMALIZATION});
  story_.Accredit(laboratory_, {v1::SCOPE_ASSAY_LABORATORY});
  mine_ = Site("mine", v1::RegisterSite::KIND_MINE, miner_);
  refinery_ = Site("refinery", v1::RegisterSite::KIND_REFINERY, refiner_);
  vault_ = Site("vault", v1::RegisterSite::KIND_STORE, keeper_);
  story_.RegisterLicence(v1::LICENCE_KIND_TITLE, miner_, {mine_}, Number("T"), "PE");
  export_licence_ = story_.RegisterLicence(v1::LICENCE_KIND_EXPORT, trader_, {}, Number("X"), "PE").licence();
  story_.Attest(inspector_, v1::SCOPE_MERCURY_FREE_PROCESS, mine_);
  story_.Attest(inspector_, v1::SCOPE_FORMALIZATION, mine_);
}

std::string Chains::Site(std::string_view name, v1::RegisterSite::Kind kind, const std::string& operated_by) {
  v1::Event event;
  v1::RegisterSite& site = *event.mutable_register_site();
  site.set_name(fmt::format("{} {}", name, name_));
  site.set_country("PE");
  site.set_kind(kind);
  site.set_operator_party_id(story_.PartyOf(operated_by));
  // Districts lie apart, so that none is found on another's ground.
  site.mutable_point()->set_latitude_e7(-800'000'000 + static_cast<int32_t>(district_ % 1'600) * 1'000'000);
  site.mutable_point()->set_longitude_e7(-1'700'000'000 + static_cast<int32_t>(district_ / 1'600 % 3'400) * 1'000'000);
  return story_.Sign(std::move(event), {"registry"}).site();
}

void Chains::TellNext() {
  switch (chain_++ % 10) {
    case 2:
    case 5:
    case 8:
      return Trade();
    case 3:
      return Plant();
    case 6:
      return Keeping();
    case 9:
      return Workshop();
    default:
      return MineToRing();
  }
}

void Chains::MineToRing() {
  const uint64_t first_mg = Grams(60, 200);
  const uint64_t second_mg = Grams(20, 80);
  const Statement won = story_.Produce(
      miner_, mine_, {Metal(v1::FORM_DORE, first_mg, kDorePpm), Metal(v1::FORM_DORE, second_mg, kDorePpm)});
  const std::vector<std::string> dore = {won.lot(0), won.lot(1)};
  story_.Accept(trader_, story_.Offer(miner_, dore, trader_).offer());
  story_.Assay(laboratory_, dore[0], FineAs(kDorePpm));
  story_.HandOver(trader_, refiner_, dore);
  story_.Receive(refiner_, dore[0], first_mg);
  const uint64_t melt_mg = first_mg + second_mg;
  const std::string melt = story_
                               .Transform(refiner_, v1::Transform::KIND_MELT, {Take(dore[0]), Take(dore[1])},
                                          {Into(Unassayed(v1::FORM_DORE, melt_mg))})
                               .lot();
  story_.Assay(laboratory_, melt, FineAs(kMeltPpm));
  const std::string bar =
      story_
          .Transform(refiner_, v1::Transform::KIND_REFINE, {Take(melt)},
                     {Into(Metal(v1::FORM_BAR, Yield(melt_mg, kMeltPpm, kBarPpm), kBarPpm), Number("B"))})
          .lot();
  story_.Accept(jeweler_, story_.Offer(refiner_, {bar}, jeweler_).offer());
  const uint64_t ring_mg = Grams(4, 9);
  const std::string ring =
      story_.MakePieces(jeweler_, {Take(bar, ring_mg)}, {Ring(Number("R"), ring_mg, kBarPpm)}).piece();
  story_.Claim(jeweler_, ring, Policy("minamata-annex-c"), 1);
}

void Chains::Trade() {
  const uint64_t mass_mg = Grams(30, 300);
  const std::string dore = story_.Produce(miner_, mine_, {Metal(v1::FORM_DORE, mass_mg, kDorePpm)}).lot();
  story_.Reject(trader_, story_.Offer(miner_, {dore}, trader_).offer());
  story_.Accept(trader_, story_.Offer(miner_, {dore}, trader_).offer());
  story_.Export(trader_, {dore}, "PE", "CH", export_licence_);
  story_.Accept(refiner_, story_.Offer(trader_, {dore}, refiner_).offer());
  story_.Import(refiner_, {dore}, "CH");
  story_.Receive(refiner_, dore, mass_mg);
}

void Chains::Plant() {
  const std::string concentrate =
      story_.Produce(miner_, mine_, {Unassayed(v1::FORM_CONCENTRATE, Grams(2'000, 9'000))}, v1::PROCESS_ROUTE_GRAVITY)
          .lot();
  const uint64_t dore_mg = Grams(50, 150);
  const std::string sponge =
      story_.Process(miner_, mine_, {Take(concentrate)}, {Unassayed(v1::FORM_SPONGE, 2 * dore_mg)}).lot();
  const std::string dore =
      story_
          .Transform(miner_, v1::Transform::KIND_SMELT, {Take(sponge)}, {Into(Metal(v1::FORM_DORE, dore_mg, kDorePpm))})
          .lot();
  const uint64_t sample_mg = 500;
  const std::string rest = story_.Sample(miner_, dore, sample_mg, laboratory_).lot(1);
  story_.HandOver(miner_, refiner_, {rest});

  v1::Event opens;
  opens.mutable_open_account()->set_kind(v1::OpenAccount::KIND_MELT_CAMPAIGN);
  opens.mutable_open_account()->set_custody_model(v1::CUSTODY_MODEL_SEGREGATED);
  opens.mutable_open_account()->set_site_id(refinery_);
  opens.mutable_open_account()->set_opened_empty(true);
  const std::string account = Say(std::move(opens), refiner_).Id(ledger::ObjectKind::kAccount);
  v1::Event charges;
  charges.mutable_charge()->set_account_id(account);
  *charges.mutable_charge()->add_inputs() = Take(rest);
  Say(std::move(charges), refiner_);
  v1::Event discharges;
  discharges.mutable_discharge()->set_account_id(account);
  *discharges.mutable_discharge()->add_outputs() =
      Into(Metal(v1::FORM_BAR, Yield(dore_mg - sample_mg, kDorePpm, kBarPpm), kBarPpm), Number("D"));
  Say(std::move(discharges), refiner_);
  v1::Event closes;
  closes.mutable_close_account()->set_account_id(account);
  Say(std::move(closes), refiner_);
}

void Chains::Keeping() {
  const uint64_t mass_mg = Grams(100, 400);
  const std::string scrap =
      story_.Intake(keeper_, v1::Intake::DOOR_RECYCLED, {Metal(v1::FORM_SCRAP, mass_mg, kScrapPpm)}).lot();
  const Statement split = story_.Transform(keeper_, v1::Transform::KIND_SPLIT, {Take(scrap)},
                                           {Into(Metal(v1::FORM_SCRAP, mass_mg / 2, kScrapPpm)),
                                            Into(Metal(v1::FORM_SCRAP, mass_mg - mass_mg / 2, kScrapPpm))});
  std::vector<std::string> halves = {split.lot(0), split.lot(1)};
  std::sort(halves.begin(), halves.end());
  const std::string seal = Number("S");
  story_.Pack(keeper_, halves, seal);
  story_.CancelOffer(keeper_, story_.Offer(keeper_, halves, refiner_).offer());
  story_.Unpack(keeper_, seal);
  story_.Hold(keeper_, halves[0]);
  story_.Release(keeper_, halves[0]);
  story_.Dispute(keeper_, halves[1]);
  story_.Release(keeper_, halves[1]);
  story_.Stocktake(keeper_, vault_, {{split.lot(0), mass_mg / 2}});
  story_.Recall(keeper_, halves[0]);
  story_.Release(keeper_, halves[0]);
  story_.Lose(keeper_, halves[1], kMgPerG);
  story_.Retire(keeper_, halves[0], v1::Retire::KIND_LEFT_LEDGER);
}

void Chains::Workshop() {
  const uint64_t mass_mg = Grams(20, 60);
  const std::string grain =
      story_.Intake(jeweler_, v1::Intake::DOOR_RECYCLED, {Metal(v1::FORM_GRAIN, mass_mg, kBarPpm)}).lot();
  constexpr uint32_t kAlloyPpm = 750'000;
  const uint64_t alloy_mg = Yield(mass_mg, kBarPpm, kAlloyPpm);
  const std::string alloy = story_
                                .Transform(jeweler_, v1::Transform::KIND_ALLOY, {Take(grain)},
                                           {Into(Metal(v1::FORM_ALLOY, alloy_mg, kAlloyPpm))}, alloy_mg - mass_mg)
                                .lot();
  const uint64_t ring_mg = Grams(3, 8);
  const std::string ring =
      story_.MakePieces(jeweler_, {Take(alloy, ring_mg)}, {Ring(Number("R"), ring_mg, kAlloyPpm)}).piece();
  story_.RetireClaim(jeweler_, story_.Claim(jeweler_, ring, Policy("mercury-free"), 1).claim());
  story_.RevokeClaim(jeweler_, story_.Claim(jeweler_, ring, Policy("formalized"), 1).claim(), "the wrong pack");
  story_.Retire(jeweler_, ring, v1::Retire::KIND_SOLD_TO_CONSUMER);
}

Statement Chains::Say(v1::Event event, const std::string& signer) { return story_.Sign(std::move(event), {signer}); }

uint64_t Chains::Grams(uint64_t least, uint64_t most) {
  return least * kMgPerG + dice_() % ((most - least) * kMgPerG + 1);
}

std::string Chains::Number(std::string_view kind) const { return fmt::format("{}-{}-{}", kind, name_, chain_); }

}  // namespace touchstone::bench
