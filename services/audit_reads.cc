#include "services/audit_reads.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"
#include "services/page_token.h"
#include "services/reading.h"
#include "services/signers.h"
#include "services/store_view.h"
#include "touchstone/v1/envelope.pb.h"

namespace touchstone::services {
namespace {

/// Names a selection, so that a token does not wander from one to another.
std::string ListName(const v1::ListRefusalsRequest& request) {
  return fmt::format("refusals/{}/{}", request.party_id(), static_cast<int>(request.reason()));
}

/// The number of the first refusal to look at.
absl::StatusOr<uint64_t> FirstNumber(const v1::ListRefusalsRequest& request) {
  TS_ASSIGN_OR_RETURN(const std::string key, DecodePageToken(ListName(request), request.page_token()));
  if (key.empty()) return 0;
  if (key.size() != sizeof(uint64_t)) return InvalidInput("BAD_PAGE_TOKEN", "page_token", "not a token of this list");
  return ReadU64(key);
}

std::string TokenOf(const v1::ListRefusalsRequest& request, uint64_t number) {
  std::string key;
  AppendU64(key, number);
  return EncodePageToken(ListName(request), key);
}

/// The refusal as it is listed. The node checked its form when it was submitted.
absl::StatusOr<v1::Refusal> ParseRefusal(const ledger::View& view, std::string_view key, std::string_view bytes) {
  v1::Refusal refusal;
  v1::Envelope envelope;
  v1::Event event;
  if (!refusal.mutable_refusal()->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !envelope.ParseFromString(refusal.refusal().envelope()) || !event.ParseFromString(envelope.payload())) {
    return MakeError(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                     fmt::format("the refusal of event {} does not parse", HexEncode(key)));
  }
  refusal.set_event_id(std::string(key));
  const std::vector<std::string> parties = SigningParties(view, event);
  refusal.mutable_party_ids()->Assign(parties.begin(), parties.end());
  return refusal;
}

bool IsSelected(const v1::Refusal& refusal, const v1::ListRefusalsRequest& request) {
  if (request.reason() != v1::REASON_UNSPECIFIED && refusal.refusal().reason() != request.reason()) return false;
  const auto& parties = refusal.party_ids();
  return request.party_id().empty() || std::find(parties.begin(), parties.end(), request.party_id()) != parties.end();
}

}  // namespace

absl::Status ReadRefusals(const Core& core, const v1::ListRefusalsRequest& request,
                          v1::ListRefusalsResponse& response) {
  const auto published = core.newest();
  if (!request.party_id().empty()) {
    TS_RETURN_IF_ERROR(RequireParty(*published->snapshot, request.party_id(), "party_id"));
  }
  TS_ASSIGN_OR_RETURN(const size_t limit, CheckedPageSize(request.page_size()));
  TS_ASSIGN_OR_RETURN(const uint64_t first, FirstNumber(request));
  const StoreView view(*published->snapshot);
  size_t looked_at = 0;
  size_t bytes_listed = 0;
  absl::Status damage;
  TS_RETURN_IF_ERROR(core.ScanRefusals(first, [&](uint64_t number, std::string_view key, std::string_view bytes) {
    if (static_cast<size_t>(response.refusals_size()) == limit || looked_at == limits::kMaxRefusalsPerPage ||
        bytes_listed >= limits::kMaxRefusalPageBytes) {
      response.set_next_page_token(TokenOf(request, number));
      return false;
    }
    ++looked_at;
    absl::StatusOr<v1::Refusal> refusal = ParseRefusal(view, key, bytes);
    if (!refusal.ok()) {
      damage = refusal.status();
    } else if (IsSelected(*refusal, request)) {
      bytes_listed += bytes.size();
      *response.add_refusals() = *std::move(refusal);
    }
    return damage.ok();
  }));
  TS_RETURN_IF_ERROR(damage);
  return view.status();
}

}  // namespace touchstone::services
