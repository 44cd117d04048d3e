#include "ledger/attribution.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "base/check.h"
#include "ledger/describe.h"
#include "ledger/state.h"

namespace touchstone::ledger {
namespace {

FineNg FineOf(const AncestryNode& node) { return node.is_piece ? node.piece->fine_ng() : node.lot->fine_ng(); }

/// Below 2^63, so that a product with a fine mass fits 128 bits.
FineSumNg Scaled(FineSumNg sum, int shift) { return sum >> shift; }

int ShiftFor(FineSumNg sum) {
  int shift = 0;
  while ((sum >> shift) >= (FineSumNg{1} << 63)) ++shift;
  return shift;
}

/// Sums parts under keys, in the order of the keys.
class Sums {
 public:
  void Add(std::string key, FineNg fine_ng) { sums_[std::move(key)] += fine_ng; }
  void Write(google::protobuf::RepeatedPtrField<v1::AttributedShare>& shares) const {
    for (const auto& [key, fine_ng] : sums_) {
      v1::AttributedShare& share = *shares.Add();
      share.set_key(key);
      share.set_fine_ng(fine_ng);
    }
  }

 private:
  std::map<std::string, FineNg> sums_;
};

/// Positions by falling entry, then output. What goes into a step was made before it, so that nodes in this order are
/// done before what they are made of.
std::vector<size_t> FromLastMade(const std::vector<AncestryNode>& nodes) {
  struct Made {
    uint64_t index;
    uint32_t output;
    size_t place;
  };
  std::vector<Made> made;
  made.reserve(nodes.size());
  for (const AncestryNode& node : nodes) {
    made.push_back({node.step_index, node.is_piece ? 0 : node.lot->output_number(), made.size()});
  }
  const auto later = [](const Made& a, const Made& b) {
    return std::tuple(b.index, b.output, a.place) < std::tuple(a.index, a.output, b.place);
  };
  std::sort(made.begin(), made.end(), later);
  std::vector<size_t> places;
  places.reserve(made.size());
  for (const Made& one : made) places.push_back(one.place);
  return places;
}

}  // namespace

std::vector<FineNg> Divide(FineNg whole, const std::vector<uint64_t>& weights) {
  TS_CHECK(!weights.empty());
  std::vector<FineNg> parts(weights.size(), 0);
  FineSumNg all = 0;
  for (const uint64_t weight : weights) all += weight;
  if (all == 0) {
    parts.front() = whole;
    return parts;
  }
  const int shift = ShiftFor(all);
  FineSumNg before = 0;
  FineNg given = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    before += weights[i];
    const auto bound = static_cast<FineNg>(FineSumNg{whole} * Scaled(before, shift) / Scaled(all, shift));
    parts[i] = bound - given;
    given = bound;
  }
  return parts;
}

std::vector<SourcePart> AttributeToSources(const Ancestry& ancestry) {
  const std::vector<AncestryNode>& nodes = ancestry.nodes;
  absl::flat_hash_map<std::string_view, size_t> places;
  places.reserve(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) places.emplace(nodes[i].id, i);
  std::vector<FineNg> amounts(nodes.size(), 0);
  amounts.front() = FineOf(nodes.front());
  std::vector<SourcePart> parts;
  for (const size_t i : FromLastMade(nodes)) {
    const AncestryNode& node = nodes[i];
    if (amounts[i] == 0) continue;
    if (node.input_ids.empty()) {
      parts.push_back({&node, amounts[i]});
      continue;
    }
    const std::vector<FineNg> shares = Divide(amounts[i], node.input_weights);
    for (size_t k = 0; k < shares.size(); ++k) {
      const auto input = places.find(node.input_ids[k]);
      if (input != places.end()) amounts[input->second] += shares[k];
    }
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

v1::Attribution Attribute(const View& view, const Ancestry& ancestry) {
  v1::Attribution attribution;
  attribution.set_subject_id(ancestry.nodes.front().id);
  attribution.set_fine_ng(FineOf(ancestry.nodes.front()));
  Sums sites;
  Sums countries;
  Sums routes;
  Sums doors;
  std::map<std::string, std::string> country_of;
  for (const SourcePart& part : AttributeToSources(ancestry)) {
    const v1::StepRecord& step = StepOf(ancestry, part.source->step_index);
    v1::SourceShare& share = *attribution.add_sources();
    share.set_lot_id(part.source->id);
    share.set_entry_index(step.index());
    share.set_site_id(step.site_id());
    share.set_fine_ng(part.fine_ng);
    std::string country = step.country();
    if (!step.site_id().empty()) {
      const auto [known, first] = country_of.try_emplace(step.site_id());
      if (first) known->second = Load<v1::SiteRecord>(view, step.site_id()).value_or(v1::SiteRecord()).country();
      country = known->second;
    }
    share.set_country(country);
    sites.Add(step.site_id(), part.fine_ng);
    countries.Add(country, part.fine_ng);
    routes.Add(Words(*v1::ProcessRoute_descriptor(), step.route()), part.fine_ng);
    doors.Add(
        step.kind() == v1::StepRecord::KIND_PRODUCE ? "produce" : Words(*v1::Intake::Door_descriptor(), step.door()),
        part.fine_ng);
  }
  sites.Write(*attribution.mutable_by_site());
  countries.Write(*attribution.mutable_by_country());
  routes.Write(*attribution.mutable_by_route());
  doors.Write(*attribution.mutable_by_door());
  return attribution;
}

}  // namespace touchstone::ledger
