#include "services/lineage_reads.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "ledger/attribution.h"
#include "ledger/custody_chain.h"
#include "ledger/descent.h"
#include "ledger/describe.h"
#include "ledger/ids.h"
#include "ledger/lineage.h"
#include "ledger/mass.h"
#include "ledger/state.h"
#include "services/as_of.h"
#include "services/page_token.h"
#include "services/reading.h"

namespace touchstone::services {
namespace {

std::string StepInWords(const v1::StepRecord& step) {
  if (step.kind() == v1::StepRecord::KIND_TRANSFORM) {
    return ledger::Words(*v1::Transform::Kind_descriptor(), step.transform_kind());
  }
  return ledger::Words(*v1::StepRecord::Kind_descriptor(), step.kind());
}

/// A lot in words, with the fineness that governs it where it was not known when the lot was made.
std::string LotInWords(const v1::LotRecord& lot) {
  v1::Material material = lot.material();
  if (!material.has_fineness() && lot.assays_size() > 0) *material.mutable_fineness() = lot.assays(0).fineness();
  return ledger::DescribeMaterial(material);
}

std::string PieceInWords(const v1::PieceRecord& record) {
  const v1::Piece& piece = record.piece();
  return fmt::format("{} {}, {} at {}", piece.article(), piece.serial(), ledger::FormatMassMg(piece.metal_mg()),
                     ledger::FormatPpm(piece.fineness().ppm()));
}

absl::StatusOr<v1::TraceNode> DescribeNode(const ledger::Archive& archive, const ledger::AncestryNode& node,
                                           const v1::StepRecord& step) {
  v1::TraceNode out;
  out.set_id(node.id);
  out.set_depth(node.depth);
  out.set_description(node.is_piece ? PieceInWords(*node.piece) : LotInWords(*node.lot));
  out.set_gross_mg(node.is_piece ? node.piece->piece().metal_mg() : ledger::MassMg(node.lot->material()));
  out.set_fine_ng(node.is_piece ? node.piece->fine_ng() : node.lot->fine_ng());
  out.set_entry_index(node.step_index);
  out.set_step(StepInWords(step));
  out.set_party_id(step.party_id());
  if (const auto party = ledger::Load<v1::PartyRecord>(archive, step.party_id())) out.set_party_name(party->name());
  out.set_site_id(step.site_id());
  if (const auto site = ledger::Load<v1::SiteRecord>(archive, step.site_id())) out.set_site_name(site->name());
  out.set_occurred_at_us(step.occurred_at_us());
  for (const std::string& id : node.input_ids) out.add_input_ids(id);
  TS_ASSIGN_OR_RETURN(const std::vector<v1::FindingRecord> findings, archive.Findings(node.step_index));
  for (const v1::FindingRecord& finding : findings) out.add_findings(finding.code());
  return out;
}

/// Where a page begins: nodes counted from the subject. What lies upstream of a lot never changes, so a position holds.
absl::StatusOr<size_t> PositionFrom(std::string_view list, std::string_view page_token) {
  TS_ASSIGN_OR_RETURN(const std::string text, DecodePageToken(list, page_token));
  size_t position = 0;
  const char* const end = text.data() + text.size();
  if (text.empty() || std::from_chars(text.data(), end, position).ptr == end) return position;
  return InvalidInput("BAD_PAGE_TOKEN", "page_token", "a page token is the next_page_token of an earlier answer");
}

/// The ancestry as traces list it, or so much of it that `enough` nodes are there: by depth, then by entry; what its
/// request leaves out is not in it.
absl::StatusOr<ledger::Ancestry> TraceFor(const ledger::View& view, const v1::TraceRequest& request, size_t enough) {
  const bool leaves_out = request.recorded_from_us() != 0 || request.recorded_until_us() != 0;
  TS_ASSIGN_OR_RETURN(ledger::Ancestry ancestry, ledger::TraceUpstream(view, request.subject_id(), request.max_depth(),
                                                                       {.enough = leaves_out ? SIZE_MAX : enough}));
  std::stable_sort(ancestry.nodes.begin(), ancestry.nodes.end(),
                   [](const ledger::AncestryNode& a, const ledger::AncestryNode& b) {
                     return std::tie(a.depth, a.step_index) < std::tie(b.depth, b.step_index);
                   });
  const int64_t until_us = request.recorded_until_us() == 0 ? INT64_MAX : request.recorded_until_us();
  const auto left_out = [&](const ledger::AncestryNode& node) {
    const int64_t at_us = StepOf(ancestry, node.step_index).recorded_at_us();
    return at_us < request.recorded_from_us() || at_us >= until_us;
  };
  ancestry.nodes.erase(std::remove_if(ancestry.nodes.begin(), ancestry.nodes.end(), left_out), ancestry.nodes.end());
  return ancestry;
}

absl::Status AddNodes(const ledger::Archive& archive, const ledger::Ancestry& ancestry, size_t begin, size_t end,
                      v1::TraceResponse& response) {
  for (size_t i = begin; i < end; ++i) {
    const ledger::AncestryNode& node = ancestry.nodes[i];
    TS_ASSIGN_OR_RETURN(*response.add_nodes(), DescribeNode(archive, node, StepOf(ancestry, node.step_index)));
  }
  return archive.status();
}

// --- Downstream ------------------------------------------------------------------------------------------------------

absl::StatusOr<std::vector<std::string>> StartingPoints(const ledger::Archive& archive,
                                                        const v1::ListAffectedRequest& request) {
  const bool lots = !request.lot_ids().empty();
  const bool site = !request.site_id().empty();
  if (!lots && !site) return InvalidInput("FIELD_REQUIRED", "lot_ids", "lots, or a site");
  if (lots && site) return InvalidInput("FIELD_INVALID", "site_id", "either lots or a site");
  if (request.lot_ids_size() > limits::kMaxItemsPerEvent) {
    return InvalidInput("FIELD_INVALID", "lot_ids", fmt::format("at most {} at once", limits::kMaxItemsPerEvent));
  }
  if (lots && (request.from_us() != 0 || request.until_us() != 0)) {
    return InvalidInput("FIELD_INVALID", request.from_us() != 0 ? "from_us" : "until_us",
                        "a period is of what a site won: name a site, or leave it out");
  }
  if (lots) return std::vector<std::string>(request.lot_ids().begin(), request.lot_ids().end());
  const int64_t until_us = request.until_us() == 0 ? INT64_MAX : request.until_us();
  if (request.from_us() > until_us) {
    return InvalidInput("FIELD_INVALID", "until_us", "the period ends before it begins: from_us or later");
  }
  return ledger::LotsProducedAt(archive, request.site_id(), request.from_us(), until_us);
}

bool IsHere(const ledger::AncestryNode& node) {
  if (node.is_piece) return node.piece->retired() == v1::Retire::KIND_UNSPECIFIED;
  return node.lot->status() == v1::LotRecord::STATUS_LIVE || node.lot->status() == v1::LotRecord::STATUS_OFFERED;
}

absl::StatusOr<v1::DescentNode> DescribeDescendant(const ledger::Archive& archive, const ledger::Descendant& found) {
  v1::DescentNode out;
  TS_ASSIGN_OR_RETURN(*out.mutable_node(), DescribeNode(archive, found.node, found.step));
  out.set_carried_ng(found.carried_ng);
  out.set_here(IsHere(found.node));
  out.set_custodian_party_id(found.node.is_piece ? found.node.piece->custodian_party_id()
                                                 : found.node.lot->custodian_party_id());
  return out;
}

/// What selects the nodes, so that a page token stays with it.
std::string ListOf(const v1::ListAffectedRequest& request) {
  return fmt::format("affected by {} {} {} {} {} {} {} {}", fmt::join(request.lot_ids(), ","), request.site_id(),
                     request.from_us(), request.until_us(), request.here_only(), request.max_depth(),
                     request.as_of_size(), request.as_of_us());
}

/// The lots and pieces to start from, and what the past must know of them.
ledger::PastSubjects SubjectsOf(const v1::ListAffectedRequest& request) {
  ledger::PastSubjects subjects;
  // A request that names too many is refused where it is answered.
  if (request.lot_ids_size() <= limits::kMaxItemsPerEvent) {
    subjects.origins.assign(request.lot_ids().begin(), request.lot_ids().end());
  }
  subjects.site_id = request.site_id();
  subjects.from_us = request.from_us();
  subjects.until_us = request.until_us() == 0 ? INT64_MAX : request.until_us();
  return subjects;
}

}  // namespace

absl::Status ReadTrace(const storage::Snapshot& snapshot, const v1::TraceRequest& request,
                       v1::TraceResponse& response) {
  TS_ASSIGN_OR_RETURN(const size_t limit, CheckedPageSize(request.page_size()));
  const std::string list =
      fmt::format("trace of {} to {} {} {} {} {}", request.subject_id(), request.max_depth(),
                  request.recorded_from_us(), request.recorded_until_us(), request.as_of_size(), request.as_of_us());
  TS_ASSIGN_OR_RETURN(const size_t begin, PositionFrom(list, request.page_token()));
  TS_ASSIGN_OR_RETURN(const AsOf as_of, ResolveAsOf(snapshot, request.as_of_size(), request.as_of_us()));
  TS_ASSIGN_OR_RETURN(const auto opened, ArchiveAt::Open(snapshot, as_of, {.ids = {request.subject_id()}}));
  const ledger::Archive& archive = opened->archive();
  TS_ASSIGN_OR_RETURN(const ledger::Ancestry ancestry, TraceFor(archive, request, begin + limit));
  const size_t end = std::min(ancestry.nodes.size(), begin + limit);
  TS_RETURN_IF_ERROR(AddNodes(archive, ancestry, begin, end, response));
  SayAsOf(as_of, response);
  const bool more = end < ancestry.nodes.size() || !ancestry.complete;
  if (more) response.set_next_page_token(EncodePageToken(list, std::to_string(end)));
  return absl::OkStatus();
}

absl::StatusOr<TracePages> OpenTrace(std::shared_ptr<const storage::Snapshot> snapshot,
                                     const v1::TraceRequest& request) {
  TS_ASSIGN_OR_RETURN(const size_t limit, CheckedPageSize(request.page_size()));
  if (!request.page_token().empty()) {
    return InvalidInput("BAD_PAGE_TOKEN", "page_token", "a stream begins at the subject");
  }
  TS_ASSIGN_OR_RETURN(const AsOf as_of, ResolveAsOf(*snapshot, request.as_of_size(), request.as_of_us()));
  TS_ASSIGN_OR_RETURN(std::shared_ptr<const ArchiveAt> opened,
                      ArchiveAt::Open(*snapshot, as_of, {.ids = {request.subject_id()}}));
  TS_ASSIGN_OR_RETURN(ledger::Ancestry traced, TraceFor(opened->archive(), request, SIZE_MAX));
  TS_RETURN_IF_ERROR(opened->archive().status());
  auto ancestry = std::make_shared<const ledger::Ancestry>(std::move(traced));
  // One page after the other, never two at once: the archive is one reader's.
  return TracePages([snapshot = std::move(snapshot), opened = std::move(opened), ancestry, as_of, limit,
                     sent = size_t{0}](v1::TraceResponse& response) mutable -> absl::StatusOr<bool> {
    if (sent == ancestry->nodes.size()) return false;
    const size_t end = std::min(ancestry->nodes.size(), sent + limit);
    TS_RETURN_IF_ERROR(AddNodes(opened->archive(), *ancestry, sent, end, response));
    SayAsOf(as_of, response);
    sent = end;
    return true;
  });
}

absl::Status ReadAttribution(const storage::Snapshot& snapshot, const v1::AttributeRequest& request,
                             v1::AttributeResponse& response) {
  TS_ASSIGN_OR_RETURN(const AsOf as_of, ResolveAsOf(snapshot, request.as_of_size(), request.as_of_us()));
  TS_ASSIGN_OR_RETURN(const auto opened, ArchiveAt::Open(snapshot, as_of, {.ids = {request.subject_id()}}));
  const ledger::Archive& archive = opened->archive();
  TS_ASSIGN_OR_RETURN(const ledger::Ancestry ancestry, ledger::TraceUpstream(archive, request.subject_id(), 0));
  *response.mutable_attribution() = ledger::Attribute(archive, ancestry);
  SayAsOf(as_of, response);
  return archive.status();
}

absl::Status ReadCustodyChain(const storage::Snapshot& snapshot, const v1::GetCustodyChainRequest& request,
                              v1::GetCustodyChainResponse& response) {
  TS_ASSIGN_OR_RETURN(const size_t limit, CheckedPageSize(request.page_size()));
  const std::string list =
      fmt::format("custody of {} {} {}", request.subject_id(), request.as_of_size(), request.as_of_us());
  TS_ASSIGN_OR_RETURN(const size_t begin, PositionFrom(list, request.page_token()));
  TS_ASSIGN_OR_RETURN(const AsOf as_of, ResolveAsOf(snapshot, request.as_of_size(), request.as_of_us()));
  TS_ASSIGN_OR_RETURN(const auto opened, ArchiveAt::Open(snapshot, as_of, {.ids = {request.subject_id()}}));
  const ledger::Archive& archive = opened->archive();
  TS_ASSIGN_OR_RETURN(const ledger::Ancestry ancestry, ledger::TraceUpstream(archive, request.subject_id(), 0));
  TS_ASSIGN_OR_RETURN(const std::vector<v1::CustodyTransfer> chain, ledger::CustodyChain(archive, ancestry));
  const size_t end = std::min(chain.size(), begin + limit);
  for (size_t i = begin; i < end; ++i) *response.add_transfers() = chain[i];
  if (end < chain.size()) response.set_next_page_token(EncodePageToken(list, std::to_string(end)));
  SayAsOf(as_of, response);
  return archive.status();
}

absl::Status ReadAffected(const storage::Snapshot& snapshot, const v1::ListAffectedRequest& request,
                          v1::ListAffectedResponse& response) {
  TS_ASSIGN_OR_RETURN(const size_t limit, CheckedPageSize(request.page_size()));
  const std::string list = ListOf(request);
  TS_ASSIGN_OR_RETURN(size_t position, PositionFrom(list, request.page_token()));
  TS_ASSIGN_OR_RETURN(const AsOf as_of, ResolveAsOf(snapshot, request.as_of_size(), request.as_of_us()));
  TS_ASSIGN_OR_RETURN(const auto opened, ArchiveAt::Open(snapshot, as_of, SubjectsOf(request)));
  const ledger::Archive& archive = opened->archive();
  TS_ASSIGN_OR_RETURN(const std::vector<std::string> from, StartingPoints(archive, request));
  TS_ASSIGN_OR_RETURN(const std::vector<ledger::Descendant> found,
                      ledger::TraceDownstream(archive, from, request.max_depth()));
  for (; position < found.size(); ++position) {
    if (request.here_only() && !IsHere(found[position].node)) continue;
    if (static_cast<size_t>(response.nodes_size()) == limit) {
      response.set_next_page_token(EncodePageToken(list, std::to_string(position)));
      break;
    }
    TS_ASSIGN_OR_RETURN(*response.add_nodes(), DescribeDescendant(archive, found[position]));
  }
  SayAsOf(as_of, response);
  return archive.status();
}

}  // namespace touchstone::services
