#include "ledger/descent.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/status.h"
#include "ledger/created.h"
#include "ledger/envelope.h"
#include "ledger/ids.h"
#include "ledger/state.h"

namespace touchstone::ledger {
namespace {

/// What a node's carried gold is a part of: its gold, or its mass while nobody knows its gold.
uint64_t WholeOf(const AncestryNode& node) {
  if (node.is_piece) return node.piece->fine_ng();
  return node.lot->fine_ng() != 0 ? node.lot->fine_ng() : MassMg(node.lot->material());
}

bool IsDetermined(const AncestryNode& node) { return node.is_piece || node.lot->fine_ng() != 0; }

FineSumNg Scale(FineSumNg amount, FineSumNg part, FineSumNg whole) {
  if (whole == 0) return 0;
  // Both sums stay far below 2^64 but for what a hostile ledger states: there the last bits are given up.
  while (amount >> 63 != 0 || part >> 64 != 0) {
    amount >>= 1;
    whole >>= 1;
    if (whole == 0) return 0;
  }
  return amount * part / whole;
}

/// Takes the steps that gold of the starting points went into, in the order of the log: whatever goes into a step was
/// made before it.
class Descent {
 public:
  Descent(const Archive& archive, uint32_t max_depth) : archive_(archive), max_depth_(max_depth), steps_(archive) {}

  absl::StatusOr<std::vector<Descendant>> From(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) {
      std::optional<AncestryNode> node = LoadNode(archive_, id, 0);
      if (!node.has_value()) {
        return MakeError(absl::StatusCode::kNotFound, "UNKNOWN_SUBJECT", "subject_id",
                         fmt::format("`{}` is no lot or piece of this ledger", id));
      }
      const uint64_t whole = WholeOf(*node);
      TS_RETURN_IF_ERROR(Add(*std::move(node), whole));
    }
    while (!open_.empty()) {
      const uint64_t index = *open_.begin();
      open_.erase(open_.begin());
      TS_RETURN_IF_ERROR(Expand(index));
    }
    return std::move(found_);
  }

 private:
  absl::Status Add(AncestryNode node, uint64_t carried) {
    if (places_.count(node.id) != 0) return absl::OkStatus();
    if (found_.size() >= limits::kMaxTraceLots) {
      return MakeError(absl::StatusCode::kResourceExhausted, "TOO_MANY_LOTS", "subject_id",
                       fmt::format("more than {} lots lie downstream", limits::kMaxTraceLots));
    }
    TS_ASSIGN_OR_RETURN(const v1::StepRecord* step, steps_.Get(node.step_index));
    places_.emplace(node.id, found_.size());
    carried_.push_back(carried);
    const FineNg carried_ng = IsDetermined(node) ? carried : 0;
    found_.push_back({std::move(node), *step, carried_ng});
    return Follow(found_.back().node);
  }

  /// Notes the steps that the node went into.
  absl::Status Follow(const AncestryNode& node) {
    if (max_depth_ != 0 && node.depth >= max_depth_) return absl::OkStatus();
    const uint64_t index = node.is_piece ? node.piece->retired_index() : node.lot->consumed_index();
    if (index == 0 || !Load<v1::StepRecord>(archive_, StepId(index)).has_value()) return absl::OkStatus();
    open_.insert(index);
    TS_ASSIGN_OR_RETURN(const v1::StepRecord* step, steps_.Get(index));
    if (step->kind() != v1::StepRecord::KIND_CHARGE) return absl::OkStatus();
    TS_ASSIGN_OR_RETURN(const std::vector<uint64_t> history, archive_.History(step->account_id()));
    for (const uint64_t later : history) {
      if (later <= index) continue;
      const auto taken_out = Load<v1::StepRecord>(archive_, StepId(later));
      if (taken_out.has_value() && taken_out->kind() == v1::StepRecord::KIND_DISCHARGE) open_.insert(later);
    }
    return absl::OkStatus();
  }

  absl::Status Expand(uint64_t index) {
    TS_ASSIGN_OR_RETURN(const v1::StepRecord* step, steps_.Get(index));
    TS_ASSIGN_OR_RETURN(const std::string bytes, archive_.Entry(index));
    TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, DecodeEntry(bytes));
    TS_ASSIGN_OR_RETURN(const SignedEvent event, DecodeEnvelope(entry.envelope()));
    for (const std::string& id : CreatedIds(event.event, event.event_id)) {
      std::optional<AncestryNode> node = LoadNode(archive_, id, 0);
      if (!node.has_value()) continue;
      TS_ASSIGN_OR_RETURN(Inputs inputs, steps_.InputsOf(*node, *step));
      const std::optional<uint64_t> carried = CarriedInto(*node, inputs);
      if (!carried.has_value()) continue;  // a remainder of something else
      node->input_ids = std::move(inputs.ids);
      node->input_weights = std::move(inputs.weights);
      TS_RETURN_IF_ERROR(Add(*std::move(node), *carried));
    }
    return absl::OkStatus();
  }

  /// The node's share of what its inputs carry, and its depth; nullopt when none of them is on the way.
  std::optional<uint64_t> CarriedInto(AncestryNode& node, const Inputs& inputs) const {
    FineSumNg all = 0;
    FineSumNg carried = 0;
    bool on_the_way = false;
    for (size_t i = 0; i < inputs.ids.size(); ++i) {
      all += inputs.weights[i];
      const auto place = places_.find(inputs.ids[i]);
      if (place == places_.end()) continue;
      const AncestryNode& from = found_[place->second].node;
      node.depth = on_the_way ? std::min(node.depth, from.depth + 1) : from.depth + 1;
      on_the_way = true;
      carried += Scale(inputs.weights[i], carried_[place->second], WholeOf(from));
    }
    if (!on_the_way) return std::nullopt;
    return static_cast<uint64_t>(Scale(carried, WholeOf(node), all));
  }

  const Archive& archive_;
  const uint32_t max_depth_;
  Steps steps_;
  std::set<uint64_t> open_;
  std::vector<Descendant> found_;
  std::vector<uint64_t> carried_;  // of each found, of what WholeOf says
  std::unordered_map<std::string, size_t> places_;
};

}  // namespace

absl::StatusOr<std::vector<Descendant>> TraceDownstream(const Archive& archive,
                                                        const std::vector<std::string>& from_ids, uint32_t max_depth) {
  return Descent(archive, max_depth).From(from_ids);
}

absl::StatusOr<std::vector<std::string>> LotsProducedAt(const Archive& archive, const std::string& site_id,
                                                        int64_t from_us, int64_t until_us) {
  if (!Load<v1::SiteRecord>(archive, site_id).has_value()) {
    return MakeError(absl::StatusCode::kNotFound, "UNKNOWN_SITE", "site_id",
                     fmt::format("`{}` is not registered", site_id));
  }
  TS_ASSIGN_OR_RETURN(const std::vector<uint64_t> productions, archive.History(ProductionsId(site_id)));
  std::vector<std::string> lots;
  for (const uint64_t index : productions) {
    const auto step = Load<v1::StepRecord>(archive, StepId(index));
    if (!step.has_value() || step->site_id() != site_id || step->voided_index() != 0) continue;
    if (step->period_until_us() <= from_us || step->period_from_us() >= until_us) continue;
    TS_ASSIGN_OR_RETURN(const std::string bytes, archive.Entry(index));
    TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, DecodeEntry(bytes));
    TS_ASSIGN_OR_RETURN(const SignedEvent event, DecodeEnvelope(entry.envelope()));
    for (std::string& id : CreatedIds(event.event, event.event_id)) lots.push_back(std::move(id));
  }
  return lots;
}

}  // namespace touchstone::ledger
