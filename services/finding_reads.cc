#include "services/finding_reads.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/hash.h"
#include "fmt/format.h"
#include "ledger/describe.h"
#include "ledger/ids.h"
#include "ledger/state.h"
#include "services/as_of.h"
#include "services/page_token.h"
#include "services/reading.h"
#include "services/recorded_range.h"
#include "touchstone/v1/envelope.pb.h"

namespace touchstone::services {
namespace {

/// `f` index number(u16), see ledger::FindingKey.
constexpr size_t kFindingKeyBytes = 1 + sizeof(uint64_t) + sizeof(uint16_t);

/// Names a selection, so that a token does not wander from one to another.
std::string ListName(v1::ListFindingsRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  request.clear_as_of_size();  // a place is the same in a log of any size
  return fmt::format("findings/{}", HexEncode(crypto::Sha256(request.SerializeAsString()).view()));
}

bool IsSelected(const v1::FindingRecord& finding, const v1::ListFindingsRequest& request) {
  return (request.code() == v1::FINDING_CODE_UNSPECIFIED || finding.code() == request.code()) &&
         finding.severity() >= request.least_severity() &&
         (request.subject_id().empty() || finding.subject_id() == request.subject_id());
}

/// Says of the finding which entry it is on.
absl::Status AddEntry(const storage::Snapshot& snapshot, v1::ListedFinding& listed) {
  const uint64_t index = listed.finding().index();
  TS_ASSIGN_OR_RETURN(const std::string bytes, snapshot.GetEntry(index));
  v1::LogEntry entry;
  v1::Envelope envelope;
  v1::Event event;
  if (!entry.ParseFromString(bytes) || !envelope.ParseFromString(entry.envelope()) ||
      !event.ParseFromString(envelope.payload())) {
    return MakeError(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "", fmt::format("entry {} does not parse", index));
  }
  listed.set_recorded_at_us(entry.recorded_at_us());
  listed.set_kind(ledger::VerbOf(event));
  listed.set_event_id(std::string(crypto::Sha256(envelope.payload()).view()));
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadFindings(const storage::Snapshot& snapshot, const v1::ListFindingsRequest& request,
                          v1::ListFindingsResponse& response) {
  if (!request.subject_id().empty()) TS_RETURN_IF_ERROR(RequireKnown(snapshot, request.subject_id(), "subject_id"));
  TS_ASSIGN_OR_RETURN(const size_t limit, CheckedPageSize(request.page_size()));
  const std::string list = ListName(request);
  TS_ASSIGN_OR_RETURN(std::string last_key, DecodePageToken(list, request.page_token()));
  if (!last_key.empty() && last_key.size() != kFindingKeyBytes) {
    return InvalidInput("BAD_PAGE_TOKEN", "page_token", "not a token of this list");
  }
  TS_ASSIGN_OR_RETURN(IndexRange range,
                      RecordedBetween(snapshot, request.recorded_from_us(), request.recorded_until_us()));
  TS_ASSIGN_OR_RETURN(const AsOf as_of, ResolveAsOf(snapshot, request.as_of_size(), 0));
  range.end = std::min(range.end, as_of.size);
  if (last_key.empty()) last_key = ledger::FindingPrefix(range.begin);

  response.set_as_of_size(as_of.size);
  size_t looked_at = 0;
  absl::Status damage;
  const std::string start_after = last_key;
  TS_RETURN_IF_ERROR(
      snapshot.ScanIndexes(ledger::kFindingsPrefix, start_after, [&](std::string_view key, std::string_view value) {
        if (key.size() != kFindingKeyBytes) damage = DamagedRecord(key);
        if (!damage.ok() || ReadU64(key.substr(ledger::kFindingsPrefix.size())) >= range.end) return false;
        if (static_cast<size_t>(response.findings_size()) == limit || looked_at == limits::kMaxEventsPerPage) {
          response.set_next_page_token(EncodePageToken(list, last_key));
          return false;
        }
        ++looked_at;
        last_key = std::string(key);
        v1::FindingRecord finding;
        if (!finding.ParseFromArray(value.data(), static_cast<int>(value.size()))) damage = DamagedRecord(key);
        if (damage.ok() && IsSelected(finding, request))
          *response.add_findings()->mutable_finding() = std::move(finding);
        return damage.ok();
      }));
  TS_RETURN_IF_ERROR(damage);
  for (v1::ListedFinding& listed : *response.mutable_findings()) TS_RETURN_IF_ERROR(AddEntry(snapshot, listed));
  return absl::OkStatus();
}

}  // namespace touchstone::services
