#include "tests/support/pyramid.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "ledger/mass.h"

namespace touchstone::testing {
namespace {

constexpr uint32_t kDorePpm = 900'000;
constexpr int kPiecesPerEvent = 250;

v1::Event Segregated(const Statement& statement) {
  v1::Event event = statement.event;
  event.mutable_transform()->set_custody_model(v1::CUSTODY_MODEL_SEGREGATED);
  event.mutable_transform()->set_mercury_use(v1::MERCURY_USE_NOT_USED);
  return event;
}

}  // namespace

Pyramid::Pyramid(uint64_t seed, const PyramidShape& shape, Say say, const crypto::Hash* genesis_id)
    : shape_(shape), say_(std::move(say)), dice_(seed * 2 + 1) {
  Cast(genesis_id);
  std::vector<std::string> bars;
  std::vector<Bar> cast;
  std::vector<std::string> cooperatives;
  for (int i = 0; i < shape.cooperatives; ++i) {
    cooperatives.push_back(Cooperative(i));
    if ((i + 1) % (shape.cooperatives / shape.bars) != 0) continue;
    cast.push_back(Melt("refiner", cooperatives));
    cooperatives.clear();
  }
  // Half of each bar goes to the jeweler as it is, the rest into one melt.
  std::vector<std::string> rests;
  for (const Bar& bar : cast) {
    const uint64_t part_mg = bar.gross_mg / 2;
    const Statement split = story.Transform("refiner", v1::Transform::KIND_SPLIT, {Take(bar.id, part_mg)},
                                            {Into(Metal(v1::FORM_DORE, part_mg, kDorePpm))});
    say_(split);
    const uint64_t part_ng = ledger::FineMassNg(part_mg, kDorePpm);
    Tell(split.lot(0), part_ng, {bar.id}, {part_ng});
    const uint64_t rest_ng = FineOf(bar.id) - part_ng;
    Tell(split.lot(1), rest_ng, {bar.id}, {rest_ng});
    say_(story.HandOver("refiner", "jeweler", {split.lot(0)}));
    MakePieces(split.lot(0), part_mg, shape.pieces * 9 / 10 / shape.bars);
    rests.push_back(split.lot(1));
  }
  const Bar final_melt = Melt("refiner", rests);
  say_(story.HandOver("refiner", "jeweler", {final_melt.id}));
  MakePieces(final_melt.id, final_melt.gross_mg, shape.pieces - shape.pieces * 9 / 10);
}

uint64_t Pyramid::Dice(uint64_t below) {
  dice_ ^= dice_ << 13;
  dice_ ^= dice_ >> 7;
  dice_ ^= dice_ << 17;
  return dice_ % below;
}

void Pyramid::Tell(std::string id, uint64_t fine_ng, const std::vector<std::string>& from,
                   const std::vector<uint64_t>& shares_ng) {
  places_.emplace(id, told_.size());
  told_.push_back({std::move(id), fine_ng, from, shares_ng});
}

void Pyramid::Cast(const crypto::Hash* genesis_id) {
  if (genesis_id != nullptr) {
    story.Continue(*genesis_id);
  } else {
    say_(story.Genesis(KeyOf("log").public_key()));
  }
  for (const Statement& statement : story.Offices()) say_(statement);
  say_(story.RegisterParty("refiner", "CH", {v1::ROLE_REFINER}));
  say_(story.RegisterParty("jeweler", "IT", {v1::ROLE_JEWELER}));
  say_(story.RegisterParty("inspector", "PE", {v1::ROLE_INSPECTOR}));
  say_(story.Accredit("inspector", {v1::SCOPE_MERCURY_FREE_PROCESS}));
}

/// Founds a cooperative with a mine, wins its lots, and merges them into one that the refiner gets.
std::string Pyramid::Cooperative(int number) {
  const std::string name = fmt::format("cooperative-{}", number);
  const std::string country = number % 5 == 3 ? "CO" : "PE";
  const v1::ProcessRoute route =
      number % 3 == 1 ? v1::PROCESS_ROUTE_GRAVITY : v1::PROCESS_ROUTE_GRAVITY_DIRECT_SMELTING;
  say_(story.RegisterParty(name, country, {v1::ROLE_COOPERATIVE}));
  const Statement site = story.RegisterSite(name, v1::RegisterSite::KIND_MINE, name, country);
  say_(site);
  say_(story.RegisterLicence(v1::LICENCE_KIND_TITLE, name, {site.site()}, fmt::format("T-{}", number), country));
  const bool mercury = number % 50 == 7;
  const bool attested = number % 40 != 13;
  if (attested) say_(story.Attest("inspector", v1::SCOPE_MERCURY_FREE_PROCESS, site.site()));
  std::vector<std::string> ids;
  for (int i = 0; i < shape_.lots_each; ++i) {
    const v1::Material dore = Metal(v1::FORM_DORE, 1'000 + Dice(9'000), kDorePpm);
    const Statement won =
        story.Produce(name, site.site(), {dore}, route, mercury ? v1::MERCURY_USE_USED : v1::MERCURY_USE_NOT_USED);
    say_(won);
    ids.push_back(won.lot());
    Tell(ids.back(), ledger::FineMassNg(dore.gross_mg(), kDorePpm), {}, {});
    sources_.emplace(ids.back(), Source{site.site(), country, route, mercury, attested});
  }
  Bar merged = Melt(name, ids);
  say_(story.HandOver(name, "refiner", {merged.id}));
  return merged.id;
}

/// All of the lots become one, without loss.
Pyramid::Bar Pyramid::Melt(const std::string& actor, const std::vector<std::string>& lots) {
  std::vector<v1::LotPart> parts;
  std::vector<uint64_t> shares;
  uint64_t fine_ng = 0;
  for (const std::string& lot : lots) {
    parts.push_back(Take(lot));
    shares.push_back(FineOf(lot));
    fine_ng += shares.back();
  }
  const uint64_t gross_mg = fine_ng / kDorePpm;
  const Statement melt = story.Sign(Segregated(story.Transform(actor, v1::Transform::KIND_MELT, parts,
                                                               {Into(Metal(v1::FORM_DORE, gross_mg, kDorePpm))})),
                                    {actor});
  say_(melt);
  Tell(melt.lot(), fine_ng, lots, shares);
  return {melt.lot(), gross_mg};
}

void Pyramid::MakePieces(const std::string& lot, uint64_t gross_mg, int count) {
  std::string left = lot;
  uint64_t left_mg = gross_mg;
  while (count > 0) {
    const int batch = std::min(count, kPiecesPerEvent);
    const uint64_t each_mg = left_mg / static_cast<uint64_t>(count);
    std::vector<v1::Piece> rings;
    uint64_t taken_mg = 0;
    for (int i = 0; i < batch; ++i) {
      v1::Piece& ring = rings.emplace_back();
      ring.set_article("ring");
      ring.set_serial(fmt::format("R-{}", ++serial_));
      ring.set_metal_mg(each_mg - Dice(each_mg / 10 + 1));
      *ring.mutable_fineness() = FineAs(kDorePpm);
      taken_mg += ring.metal_mg();
    }
    const bool whole = taken_mg == left_mg;
    const Statement made = story.MakePieces("jeweler", {whole ? Take(left) : Take(left, taken_mg)}, rings);
    say_(made);
    for (int i = 0; i < batch; ++i) {
      pieces_.push_back(made.piece(static_cast<uint32_t>(i)));
      const uint64_t metal_mg = rings[static_cast<size_t>(i)].metal_mg();
      Tell(pieces_.back(), ledger::FineMassNg(metal_mg, kDorePpm), {left}, {ledger::FineMassNg(taken_mg, kDorePpm)});
    }
    left_mg -= taken_mg;
    count -= batch;
    if (whole) return;
    const std::string rest = made.lot(static_cast<uint32_t>(batch));
    Tell(rest, ledger::FineMassNg(left_mg, kDorePpm), {left}, {ledger::FineMassNg(left_mg, kDorePpm)});
    left = rest;
  }
}

}  // namespace touchstone::testing
