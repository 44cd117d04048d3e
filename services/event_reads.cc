#include "services/event_reads.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/hash.h"
#include "fmt/format.h"
#include "ledger/created.h"
#include "ledger/describe.h"
#include "ledger/ids.h"
#include "ledger/named_ids.h"
#include "ledger/state.h"
#include "ledger/stock.h"
#include "services/as_of.h"
#include "services/page_token.h"
#include "services/reading.h"
#include "services/recorded_range.h"
#include "services/signers.h"
#include "services/snapshot_archive.h"
#include "touchstone/v1/envelope.pb.h"

namespace touchstone::services {
namespace {

using ledger::ObjectKind;

// --- The request -----------------------------------------------------------------------------------------------------

/// Whether the history index knows every entry that made or changed such a thing.
bool HasHistory(std::string_view object_id) {
  switch (ledger::KindOfId(object_id).value_or(ObjectKind::kSite)) {
    case ObjectKind::kLot:
    case ObjectKind::kPiece:
    case ObjectKind::kClaim:
    case ObjectKind::kLicence:
    case ObjectKind::kAttestation:
    case ObjectKind::kAccount:
      return true;
    case ObjectKind::kSite:  // what is produced there is not in its history
    case ObjectKind::kOffer:
    case ObjectKind::kParty:
      return false;
  }
  return false;
}

absl::Status CheckIds(const storage::Snapshot& snapshot, const v1::ListEventsRequest& request) {
  if (!request.party_id().empty()) TS_RETURN_IF_ERROR(RequireParty(snapshot, request.party_id(), "party_id"));
  if (request.object_id().empty()) return absl::OkStatus();
  const std::optional<ObjectKind> kind = ledger::KindOfId(request.object_id());
  if (kind.has_value() && kind != ObjectKind::kParty) return RequireKnown(snapshot, request.object_id(), "object_id");
  return InvalidInput("BAD_ID", "object_id", "the id of an object other than a party, as lot_... (see party_id)");
}

/// The numbers of the verbs asked for; empty when all are.
absl::StatusOr<std::set<int>> KindsOf(const v1::ListEventsRequest& request) {
  if (request.kinds_size() > limits::kMaxListedPerEvent) {
    return InvalidInput("FIELD_TOO_LONG", "kinds", fmt::format("at most {} kinds at once", limits::kMaxListedPerEvent));
  }
  const auto* verbs = v1::Event::descriptor()->FindOneofByName("body");
  std::set<int> kinds;
  for (int i = 0; i < request.kinds_size(); ++i) {
    const auto* verb = v1::Event::descriptor()->FindFieldByName(request.kinds(i));
    if (verb == nullptr || verb->containing_oneof() != verbs) {
      return InvalidInput("BAD_KIND", fmt::format("kinds[{}]", i), "a verb as Event writes it, as hand_over");
    }
    kinds.insert(verb->number());
  }
  return kinds;
}

/// Names a selection, so that a token does not wander from one to another.
std::string ListName(v1::ListEventsRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  request.clear_as_of_size();  // a place is the same in a log of any size
  return fmt::format("events/{}", HexEncode(crypto::Sha256(request.SerializeAsString()).view()));
}

// --- Where to look ---------------------------------------------------------------------------------------------------

/// Appends the index of an entry unless that is the last already; whether more are wanted.
bool Note(std::vector<uint64_t>& indexes, uint64_t index, uint64_t end) {
  if (index >= end) return false;
  if (indexes.empty() || indexes.back() != index) {
    if (indexes.size() == limits::kMaxEventsPerPage) return false;
    indexes.push_back(index);
  }
  return true;
}

/// Of the history kept under an id, what lies in the range, ascending: as much as one page looks at.
absl::StatusOr<std::vector<uint64_t>> HistoryIn(const storage::Snapshot& snapshot, std::string_view id,
                                                IndexRange range) {
  std::vector<uint64_t> indexes;
  const std::string prefix = ledger::HistoryPrefix(id);
  const std::string after = range.begin == 0 ? "" : ledger::HistoryKey(id, range.begin - 1);
  TS_RETURN_IF_ERROR(snapshot.ScanIndexes(prefix, after, [&](std::string_view key, std::string_view) {
    return Note(indexes, ReadU64(key.substr(prefix.size())), range.end);
  }));
  return indexes;
}

/// A lot's history and the counts that found it. Of each the first as many as a page looks at, so that of both together
/// the first as many are complete.
absl::StatusOr<std::vector<uint64_t>> OfObject(const storage::Snapshot& snapshot, const std::string& object_id,
                                               IndexRange range) {
  TS_ASSIGN_OR_RETURN(std::vector<uint64_t> history, HistoryIn(snapshot, object_id, range));
  if (!ledger::IsId(ObjectKind::kLot, object_id)) return history;
  TS_ASSIGN_OR_RETURN(const std::vector<uint64_t> counts, HistoryIn(snapshot, ledger::CountsId(object_id), range));
  std::vector<uint64_t> both;
  std::set_union(history.begin(), history.end(), counts.begin(), counts.end(), std::back_inserter(both));
  if (both.size() > limits::kMaxEventsPerPage) both.resize(limits::kMaxEventsPerPage);
  return both;
}

/// The entries that may be meant, ascending: as many as one page looks at.
absl::StatusOr<std::vector<uint64_t>> Candidates(const storage::Snapshot& snapshot,
                                                 const v1::ListEventsRequest& request, IndexRange range) {
  if (HasHistory(request.object_id())) return OfObject(snapshot, request.object_id(), range);
  std::vector<uint64_t> indexes;
  if (request.finding() != v1::FINDING_CODE_UNSPECIFIED || request.least_severity() != v1::SEVERITY_UNSPECIFIED) {
    // The keys of an entry's findings sort behind the prefix that they share.
    TS_RETURN_IF_ERROR(snapshot.ScanIndexes(
        ledger::kFindingsPrefix, ledger::FindingPrefix(range.begin), [&](std::string_view key, std::string_view) {
          return Note(indexes, ReadU64(key.substr(ledger::kFindingsPrefix.size())), range.end);
        }));
  } else {
    for (uint64_t index = range.begin; Note(indexes, index, range.end);) ++index;
  }
  return indexes;
}

// --- What is meant ---------------------------------------------------------------------------------------------------

class EventSelection {
 public:
  EventSelection(const storage::Snapshot& snapshot, const v1::ListEventsRequest& request, std::set<int> kinds)
      : archive_(snapshot), request_(request), kinds_(std::move(kinds)) {}

  /// The entry as it is listed; nullopt when it is not meant.
  absl::StatusOr<std::optional<v1::ListedEvent>> Look(uint64_t index) const {
    v1::ListedEvent listed;
    listed.set_index(index);
    TS_ASSIGN_OR_RETURN(*listed.mutable_entry(), archive_.Entry(index));
    TS_RETURN_IF_ERROR(Decode(listed));
    if (!kinds_.empty() && !kinds_.contains(listed.event().body_case())) return std::nullopt;
    TS_ASSIGN_OR_RETURN(const std::vector<v1::FindingRecord> findings, archive_.Findings(index));
    listed.mutable_findings()->Assign(findings.begin(), findings.end());
    if (!HasFinding(listed) || !IsAboutObject(listed) || !IsAboutParty(listed)) return std::nullopt;
    return listed;
  }

  absl::Status status() const { return archive_.status(); }

 private:
  /// What the entry says. The node checked its form when it was submitted.
  absl::Status Decode(v1::ListedEvent& listed) const {
    v1::LogEntry entry;
    v1::Envelope envelope;
    if (!entry.ParseFromString(listed.entry()) || !envelope.ParseFromString(entry.envelope()) ||
        !listed.mutable_event()->ParseFromString(envelope.payload())) {
      return MakeError(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                       fmt::format("entry {} does not parse", listed.index()));
    }
    const crypto::Hash event_id = crypto::Sha256(envelope.payload());
    listed.set_event_id(std::string(event_id.view()));
    listed.set_recorded_at_us(entry.recorded_at_us());
    listed.set_kind(ledger::VerbOf(listed.event()));
    const std::vector<std::string> created = ledger::CreatedIds(listed.event(), event_id);
    listed.mutable_created_ids()->Assign(created.begin(), created.end());
    const std::vector<std::string> parties = SigningParties(archive_, listed.event());
    listed.mutable_party_ids()->Assign(parties.begin(), parties.end());
    return absl::OkStatus();
  }

  bool HasFinding(const v1::ListedEvent& listed) const {
    if (request_.finding() == v1::FINDING_CODE_UNSPECIFIED && request_.least_severity() == v1::SEVERITY_UNSPECIFIED) {
      return true;
    }
    return std::any_of(listed.findings().begin(), listed.findings().end(), [&](const v1::FindingRecord& finding) {
      return (request_.finding() == v1::FINDING_CODE_UNSPECIFIED || finding.code() == request_.finding()) &&
             finding.severity() >= request_.least_severity();
    });
  }

  bool IsAboutObject(const v1::ListedEvent& listed) const {
    const std::string& id = request_.object_id();
    return id.empty() || HasHistory(id) || NamesOrMade(listed, id);
  }

  bool IsAboutParty(const v1::ListedEvent& listed) const {
    const std::string& id = request_.party_id();
    const auto& parties = listed.party_ids();
    return id.empty() || std::find(parties.begin(), parties.end(), id) != parties.end() || NamesOrMade(listed, id);
  }

  static bool NamesOrMade(const v1::ListedEvent& listed, const std::string& id) {
    const auto& created = listed.created_ids();
    return std::find(created.begin(), created.end(), id) != created.end() ||
           ledger::IdsNamedIn(listed.event()).contains(id);
  }

  SnapshotArchive archive_;
  const v1::ListEventsRequest& request_;
  const std::set<int> kinds_;
};

absl::StatusOr<uint64_t> FirstIndex(const std::string& list, const std::string& page_token) {
  TS_ASSIGN_OR_RETURN(const std::string key, DecodePageToken(list, page_token));
  if (key.empty()) return 0;
  if (key.size() != sizeof(uint64_t)) return InvalidInput("BAD_PAGE_TOKEN", "page_token", "not a token of this list");
  return ReadU64(key);
}

}  // namespace

absl::Status ReadEvents(const storage::Snapshot& snapshot, const v1::ListEventsRequest& request,
                        v1::ListEventsResponse& response) {
  TS_RETURN_IF_ERROR(CheckIds(snapshot, request));
  TS_ASSIGN_OR_RETURN(std::set<int> kinds, KindsOf(request));
  TS_ASSIGN_OR_RETURN(const size_t limit, CheckedPageSize(request.page_size()));
  const std::string list = ListName(request);
  TS_ASSIGN_OR_RETURN(const uint64_t first, FirstIndex(list, request.page_token()));
  TS_ASSIGN_OR_RETURN(IndexRange range,
                      RecordedBetween(snapshot, request.recorded_from_us(), request.recorded_until_us()));
  TS_ASSIGN_OR_RETURN(const AsOf as_of, ResolveAsOf(snapshot, request.as_of_size(), 0));
  range = {std::max(range.begin, first), std::min(range.end, as_of.size)};
  TS_ASSIGN_OR_RETURN(const std::vector<uint64_t> indexes, Candidates(snapshot, request, range));

  response.set_as_of_size(as_of.size);
  const EventSelection selection(snapshot, request, std::move(kinds));
  const auto end_before = [&](uint64_t index) {
    std::string key;
    AppendU64(key, index);
    response.set_next_page_token(EncodePageToken(list, key));
    return selection.status();
  };
  size_t bytes_listed = 0;
  for (const uint64_t index : indexes) {
    const bool full =
        static_cast<size_t>(response.events_size()) == limit || bytes_listed >= limits::kMaxEventPageBytes;
    if (full) return end_before(index);
    TS_ASSIGN_OR_RETURN(std::optional<v1::ListedEvent> listed, selection.Look(index));
    if (!listed.has_value()) continue;
    bytes_listed += listed->entry().size();
    *response.add_events() = *std::move(listed);
  }
  if (indexes.size() == limits::kMaxEventsPerPage) return end_before(indexes.back() + 1);
  return selection.status();
}

}  // namespace touchstone::services
