#include "ledger/lineage.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "absl/container/flat_hash_set.h"
#include "base/limits.h"
#include "base/status.h"
#include "ledger/draft_lineage.h"
#include "ledger/ids.h"
#include "ledger/state.h"

namespace touchstone::ledger {
namespace {

absl::Status UnknownSubject(std::string_view id) {
  return MakeError(absl::StatusCode::kNotFound, "UNKNOWN_SUBJECT", "subject_id",
                   fmt::format("`{}` is no lot, piece or claim of this ledger", id));
}

absl::Status AncestorAbsent(std::string_view what) {
  return MakeError(absl::StatusCode::kDataLoss, "ANCESTOR_ABSENT", "", fmt::format("{} is missing", what));
}

absl::Status StepAbsent(uint64_t index) { return AncestorAbsent(fmt::format("the step of entry {}", index)); }

absl::Status TooMany(size_t most, std::string_view of_what) {
  return MakeError(absl::StatusCode::kResourceExhausted, "TOO_MANY_LOTS", "subject_id",
                   fmt::format("more than {} {} lie upstream", most, of_what));
}

Inputs Weighed(const std::vector<const v1::LotShare*>& shares) {
  const bool determined =
      std::any_of(shares.begin(), shares.end(), [](const v1::LotShare* share) { return share->fine_ng() != 0; });
  Inputs inputs;
  inputs.ids.reserve(shares.size());
  inputs.weights.reserve(shares.size());
  for (const v1::LotShare* share : shares) {
    inputs.ids.push_back(share->lot_id());
    inputs.weights.push_back(determined ? share->fine_ng() : share->gross_mg());
  }
  return inputs;
}

std::optional<int> RemainderInput(const AncestryNode& node, const v1::StepRecord& step) {
  if (node.is_piece || node.lot->output_number() < step.first_remainder() || step.inputs().empty()) return std::nullopt;
  const auto position = static_cast<int>(node.lot->output_number() - step.first_remainder());
  if (position >= step.remainder_inputs_size()) return std::nullopt;
  return static_cast<int>(step.remainder_inputs(position));
}

/// What all charges before a discharge put in, in the order of the log: a lot is charged once. `get` gives the step of
/// an entry, which stays where it is.
template <typename Get>
absl::Status AddChargesBefore(const v1::StepRecord& discharge, const Get& get,
                              std::vector<const v1::LotShare*>& shares) {
  std::vector<const v1::StepRecord*> charges;
  for (uint64_t index = discharge.previous_charge(); index != 0; index = charges.back()->previous_charge()) {
    TS_ASSIGN_OR_RETURN(charges.emplace_back(), get(index));
  }
  for (auto charge = charges.rbegin(); charge != charges.rend(); ++charge) {
    for (const v1::LotShare& share : (*charge)->inputs()) shares.push_back(&share);
  }
  return absl::OkStatus();
}

/// `add_charged` adds what the charges before a discharge put in.
template <typename AddCharges>
absl::StatusOr<Inputs> InputsFrom(const AncestryNode& node, const v1::StepRecord& step, const AddCharges& add_charged) {
  std::vector<const v1::LotShare*> shares;
  if (const auto remainder = RemainderInput(node, step)) {
    shares.push_back(&step.inputs(*remainder));
  } else if (step.kind() == v1::StepRecord::KIND_DISCHARGE) {
    TS_RETURN_IF_ERROR(add_charged(step, shares));
  } else {
    shares.reserve(static_cast<size_t>(step.inputs_size()));
    for (const v1::LotShare& share : step.inputs()) shares.push_back(&share);
  }
  return Weighed(shares);
}

/// Where walks read; nullptr when there is none.
template <typename Record>
std::shared_ptr<const Record> Read(const View& view, std::string_view id) {
  auto record = std::make_shared<Record>();
  if (!view.Read(StateKey<Record>(id), *record)) return nullptr;
  return record;
}

template <typename Record>
std::shared_ptr<const Record> Read(const std::shared_ptr<const Draft>& replay, std::string_view id) {
  const Record* kept = replay->Kept<Record>(id);
  return kept != nullptr ? std::shared_ptr<const Record>(replay, kept) : nullptr;
}

/// Fills in a node that is empty but for its id and depth.
template <typename Source>
bool ReadNode(const Source& source, AncestryNode& node) {
  node.is_piece = IsId(ObjectKind::kPiece, node.id);
  if (node.is_piece) {
    node.piece = Read<v1::PieceRecord>(source, node.id);
    if (node.piece != nullptr) node.step_index = node.piece->index();
    return node.piece != nullptr;
  }
  node.lot = Read<v1::LotRecord>(source, node.id);
  if (node.lot != nullptr) node.step_index = node.lot->index();
  return node.lot != nullptr;
}

/// Breadth-first walk up, depth by depth. `Source` is a View, or a local replay.
template <typename Source>
class Walk {
 public:
  Walk(const Source& source, uint32_t max_depth, const TraceBounds& bounds)
      : source_(source), max_depth_(max_depth), bounds_(bounds) {}

  absl::StatusOr<Ancestry> From(const std::string& subject_id) {
    std::vector<std::string_view> met = {subject_id};
    seen_.insert(subject_id);
    for (uint32_t depth = 0; !met.empty(); ++depth) {
      TS_RETURN_IF_ERROR(Visit(met, depth));
      if (nodes().size() >= bounds_.enough) deepest_ = std::min(deepest_, depth);
      const size_t begin = nodes().size() - met.size();
      met.clear();
      for (size_t i = begin; i < nodes().size(); ++i) TS_RETURN_IF_ERROR(Expand(nodes()[i], met));
    }
    for (auto& [index, step] : steps_) ancestry_.steps.push_back(std::move(step));
    return std::move(ancestry_);
  }

 private:
  std::vector<AncestryNode>& nodes() { return ancestry_.nodes; }

  absl::Status Visit(const std::vector<std::string_view>& ids, uint32_t depth) {
    nodes().reserve(nodes().size() + ids.size());
    for (const std::string_view id : ids) {
      AncestryNode& node = nodes().emplace_back();
      node.id = id;
      node.depth = depth;
      if (!ReadNode(source_, node)) return depth == 0 ? UnknownSubject(id) : AncestorAbsent(id);
    }
    return absl::OkStatus();
  }

  /// Notes what the node was made of; what nobody met before is met.
  absl::Status Expand(AncestryNode& node, std::vector<std::string_view>& met) {
    TS_ASSIGN_OR_RETURN(const v1::StepRecord* step, StepAt(node.step_index));
    const auto add_charged = [this](const v1::StepRecord& discharge, std::vector<const v1::LotShare*>& shares) {
      return AddChargesBefore(
          discharge, [this](uint64_t index) { return StepAt(index); }, shares);
    };
    TS_ASSIGN_OR_RETURN(Inputs inputs, InputsFrom(node, *step, add_charged));
    inputs_ += inputs.ids.size();
    if (inputs_ > limits::kMaxTraceInputs) return TooMany(limits::kMaxTraceInputs, "inputs");
    const uint32_t depth = node.depth + 1;
    const bool goes_on = (max_depth_ == 0 || depth <= max_depth_) && depth <= deepest_;
    if (depth > deepest_ && !inputs.ids.empty()) ancestry_.complete = false;
    node.input_ids = std::move(inputs.ids);
    node.input_weights = std::move(inputs.weights);
    if (!goes_on) return absl::OkStatus();
    for (const std::string& input : node.input_ids) {
      if (!seen_.insert(input).second) continue;
      if (nodes().size() + met.size() >= bounds_.most) return TooMany(bounds_.most, "lots");
      met.push_back(input);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<const v1::StepRecord*> StepAt(uint64_t index) {
    const auto [place, first] = steps_.try_emplace(index);
    if (first) place->second = Read<v1::StepRecord>(source_, StepId(index));
    if (place->second == nullptr) return StepAbsent(index);
    return place->second.get();
  }

  const Source& source_;
  const uint32_t max_depth_;
  const TraceBounds bounds_;
  uint32_t deepest_ = UINT32_MAX;  // no node lies deeper
  std::map<uint64_t, std::shared_ptr<const v1::StepRecord>> steps_;
  Ancestry ancestry_;
  absl::flat_hash_set<std::string_view> seen_;  // the subject's id, and input_ids, which stay where they are
  size_t inputs_ = 0;                           // listed so far, over all nodes
};

}  // namespace

const v1::StepRecord& StepOf(const Ancestry& ancestry, uint64_t index) {
  const auto at = [](const std::shared_ptr<const v1::StepRecord>& step, uint64_t wanted) {
    return step->index() < wanted;
  };
  return **std::lower_bound(ancestry.steps.begin(), ancestry.steps.end(), index, at);
}

absl::StatusOr<const v1::StepRecord*> Steps::Get(uint64_t index) {
  const auto found = steps_.find(index);
  if (found != steps_.end()) return &found->second;
  auto step = Load<v1::StepRecord>(view_, StepId(index));
  if (!step.has_value()) return StepAbsent(index);
  return &steps_.emplace(index, *std::move(step)).first->second;
}

absl::StatusOr<Inputs> Steps::InputsOf(const AncestryNode& node, const v1::StepRecord& step) {
  return InputsFrom(node, step, [this](const v1::StepRecord& discharge, std::vector<const v1::LotShare*>& shares) {
    return AddCharged(discharge, shares);
  });
}

absl::Status Steps::AddCharged(const v1::StepRecord& discharge, std::vector<const v1::LotShare*>& shares) {
  return AddChargesBefore(
      discharge, [this](uint64_t index) { return Get(index); }, shares);
}

std::optional<AncestryNode> LoadNode(const View& view, const std::string& id, uint32_t depth) {
  std::optional<AncestryNode> node(std::in_place);
  node->id = id;
  node->depth = depth;
  if (!ReadNode(view, *node)) node.reset();
  return node;
}

absl::StatusOr<std::string> ResolveSubject(const View& view, std::string_view subject_id) {
  const std::optional<ObjectKind> kind = KindOfId(subject_id);
  if (kind == ObjectKind::kLot && Load<v1::LotRecord>(view, subject_id).has_value()) return std::string(subject_id);
  if (kind == ObjectKind::kPiece && Load<v1::PieceRecord>(view, subject_id).has_value()) return std::string(subject_id);
  if (kind == ObjectKind::kClaim) {
    if (const auto claim = Load<v1::ClaimRecord>(view, subject_id)) return claim->piece_id();
  }
  return UnknownSubject(subject_id);
}

absl::StatusOr<Ancestry> TraceUpstream(const View& view, std::string_view subject_id, uint32_t max_depth,
                                       const TraceBounds& bounds) {
  TS_ASSIGN_OR_RETURN(const std::string id, ResolveSubject(view, subject_id));
  return Walk<View>(view, max_depth, bounds).From(id);
}

absl::StatusOr<Ancestry> TraceUpstream(const std::shared_ptr<const Draft>& replay, std::string_view subject_id) {
  TS_ASSIGN_OR_RETURN(const std::string id, ResolveSubject(*replay, subject_id));
  return Walk<std::shared_ptr<const Draft>>(replay, 0, {}).From(id);
}

}  // namespace touchstone::ledger
