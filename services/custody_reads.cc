#include "services/custody_reads.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "crypto/hash.h"
#include "fmt/format.h"
#include "ledger/claim_code.h"
#include "services/reading.h"
#include "services/receipts.h"
#include "services/snapshot_archive.h"

namespace touchstone::services {
namespace {

using ledger::ObjectKind;

absl::Status UnknownEvent(std::string_view field, std::string_view id) {
  return NotFound("UNKNOWN_EVENT", field, "event", id);
}

absl::StatusOr<uint64_t> IndexOf(const storage::Snapshot& snapshot, const v1::GetEventRequest& request) {
  switch (request.event_case()) {
    case v1::GetEventRequest::kEventId: {
      if (request.event_id().size() != crypto::Hash::kSize) {
        return InvalidInput("BAD_LENGTH", "event_id", "an event id has 32 bytes");
      }
      const std::string key = ledger::StateKey<v1::EventRecord>(request.event_id());
      TS_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, snapshot.GetState(key));
      if (!bytes.has_value()) return UnknownEvent("event_id", HexEncode(request.event_id()));
      v1::EventRecord record;
      if (!record.ParseFromString(*bytes)) return DamagedRecord(key);
      return record.index();
    }
    case v1::GetEventRequest::kIndex:
      if (request.index() >= snapshot.size()) return UnknownEvent("index", std::to_string(request.index()));
      return request.index();
    case v1::GetEventRequest::EVENT_NOT_SET:
      break;
  }
  return InvalidInput("FIELD_REQUIRED", "event", "name the event by event_id or index");
}

absl::StatusOr<v1::StepRecord> ReadStep(const storage::Snapshot& snapshot, uint64_t index) {
  return ReadRecord<v1::StepRecord>(snapshot, ledger::StepId(index), "UNKNOWN_STEP", "", "step for the entry");
}

// --- Claims ----------------------------------------------------------------------------------------------------------

/// The id of the claim that is named by id or by its code.
absl::StatusOr<std::string> ClaimIdOf(const storage::Snapshot& snapshot, const std::string& text) {
  const bool is_address = text.find('/') != std::string::npos;
  if (!is_address && (text.empty() || text.find('_') != std::string::npos)) {
    TS_RETURN_IF_ERROR(CheckId(ObjectKind::kClaim, text, "claim_id"));
    return text;
  }
  const absl::StatusOr<std::string> id_start = ledger::ClaimIdPrefix(text);
  if (!id_start.ok()) return InField("claim_id", id_start.status());
  const std::string table = ledger::StateKey<v1::ClaimRecord>("");
  std::vector<std::string> ids;
  TS_RETURN_IF_ERROR(snapshot.ScanState(table + *id_start, "", [&](std::string_view key, std::string_view) {
    ids.emplace_back(key.substr(table.size()));
    return ids.size() < 2;
  }));
  if (ids.empty()) return NotFound("UNKNOWN_CLAIM", "claim_id", "claim with the code", text);
  if (ids.size() == 1) return ids.front();
  return MakeError(absl::StatusCode::kFailedPrecondition, "CLAIM_CODE_AMBIGUOUS", "claim_id",
                   "several claims have this code: name the claim by its whole id");
}

/// A page that fills: looks at one claim after another, and keeps those that were asked for.
struct ClaimPage {
  ClaimPage(const v1::ListClaimsRequest& asked, size_t most) : request(asked), limit(most) {}

  const v1::ListClaimsRequest& request;
  const size_t limit;
  std::vector<v1::ClaimRecord> claims = {};
  std::string last_id = {};  // looked at last
  bool more = false;
  size_t seen = 0;

  bool IsFull() {
    more = claims.size() == limit || seen == limits::kMaxClaimsPerPage;
    return more;
  }
  void LookAt(v1::ClaimRecord claim) {
    ++seen;
    last_id = claim.claim_id();
    if (!request.party_id().empty() && claim.party_id() != request.party_id()) return;
    if (request.status() != v1::ClaimRecord::STATUS_UNSPECIFIED && claim.status() != request.status()) return;
    claims.push_back(std::move(claim));
  }
};

absl::Status LookAtPiece(const storage::Snapshot& snapshot, const std::string& piece_id, const std::string& after_id,
                         ClaimPage& page) {
  TS_ASSIGN_OR_RETURN(const v1::PieceRecord piece,
                      ReadRecord<v1::PieceRecord>(snapshot, piece_id, "UNKNOWN_PIECE", "piece_id", "piece"));
  std::vector<std::string> ids(piece.claim_ids().begin(), piece.claim_ids().end());
  std::sort(ids.begin(), ids.end());
  for (auto id = std::upper_bound(ids.begin(), ids.end(), after_id); id != ids.end() && !page.IsFull(); ++id) {
    TS_ASSIGN_OR_RETURN(v1::ClaimRecord claim,
                        ReadRecord<v1::ClaimRecord>(snapshot, *id, "UNKNOWN_CLAIM", "", "claim"));
    page.LookAt(std::move(claim));
  }
  return absl::OkStatus();
}

absl::Status LookAtAll(const storage::Snapshot& snapshot, const std::string& after_id, ClaimPage& page) {
  const std::string table = ledger::StateKey<v1::ClaimRecord>("");
  absl::Status damage;
  TS_RETURN_IF_ERROR(snapshot.ScanState(table, after_id.empty() ? "" : table + after_id,
                                        [&](std::string_view key, std::string_view value) {
                                          if (page.IsFull()) return false;
                                          v1::ClaimRecord claim;
                                          if (!claim.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
                                            damage = DamagedRecord(key);
                                            return false;
                                          }
                                          page.LookAt(std::move(claim));
                                          return true;
                                        }));
  return damage;
}

}  // namespace

absl::Status ReadEvent(const Published& published, const v1::GetEventRequest& request, v1::GetEventResponse& response) {
  TS_ASSIGN_OR_RETURN(const uint64_t index, IndexOf(*published.snapshot, request));
  TS_ASSIGN_OR_RETURN(Recorded recorded, ReadRecorded(*published.snapshot, index));
  TS_ASSIGN_OR_RETURN(*response.mutable_receipt(), BuildReceipt(published, std::move(recorded)));
  response.mutable_receipt()->set_already_recorded(true);
  return absl::OkStatus();
}

absl::Status ReadLot(const storage::Snapshot& snapshot, const v1::GetLotRequest& request,
                     v1::GetLotResponse& response) {
  TS_RETURN_IF_ERROR(CheckId(ObjectKind::kLot, request.lot_id(), "lot_id"));
  TS_ASSIGN_OR_RETURN(*response.mutable_lot(),
                      ReadRecord<v1::LotRecord>(snapshot, request.lot_id(), "UNKNOWN_LOT", "lot_id", "lot"));
  TS_ASSIGN_OR_RETURN(*response.mutable_step(), ReadStep(snapshot, response.lot().index()));
  TS_ASSIGN_OR_RETURN(const std::vector<uint64_t> history, SnapshotArchive(snapshot).History(request.lot_id()));
  response.mutable_history()->Add(history.begin(), history.end());
  response.set_as_of_size(snapshot.size());
  return absl::OkStatus();
}

absl::Status ReadLots(const storage::Snapshot& snapshot, const v1::ListLotsRequest& request,
                      v1::ListLotsResponse& response) {
  const std::string& party = request.custodian_party_id();
  TS_RETURN_IF_ERROR(RequireParty(snapshot, party, "custodian_party_id"));
  TS_ASSIGN_OR_RETURN(const size_t limit, CheckedPageSize(request.page_size()));
  const std::string list = "lots of " + party;
  TS_ASSIGN_OR_RETURN(const std::string after_id, DecodePageToken(list, request.page_token()));
  const std::string prefix = ledger::CustodyPrefix(party);
  std::vector<std::string> ids;
  bool more = false;
  TS_RETURN_IF_ERROR(snapshot.ScanIndexes(prefix, after_id.empty() ? "" : prefix + after_id,
                                          [&](std::string_view key, std::string_view) {
                                            more = ids.size() == limit;
                                            if (!more) ids.emplace_back(key.substr(prefix.size()));
                                            return !more;
                                          }));
  for (const std::string& id : ids) {
    TS_ASSIGN_OR_RETURN(*response.add_lots(), ReadRecord<v1::LotRecord>(snapshot, id, "UNKNOWN_LOT", "", "lot"));
  }
  if (more) response.set_next_page_token(EncodePageToken(list, ids.back()));
  response.set_as_of_size(snapshot.size());
  return absl::OkStatus();
}

absl::Status ReadPiece(const storage::Snapshot& snapshot, const v1::GetPieceRequest& request,
                       v1::GetPieceResponse& response) {
  TS_RETURN_IF_ERROR(CheckId(ObjectKind::kPiece, request.piece_id(), "piece_id"));
  TS_ASSIGN_OR_RETURN(*response.mutable_piece(),
                      ReadRecord<v1::PieceRecord>(snapshot, request.piece_id(), "UNKNOWN_PIECE", "piece_id", "piece"));
  TS_ASSIGN_OR_RETURN(*response.mutable_step(), ReadStep(snapshot, response.piece().index()));
  for (const std::string& id : response.piece().claim_ids()) {
    TS_ASSIGN_OR_RETURN(*response.add_claims(),
                        ReadRecord<v1::ClaimRecord>(snapshot, id, "UNKNOWN_CLAIM", "", "claim"));
  }
  response.set_as_of_size(snapshot.size());
  return absl::OkStatus();
}

absl::Status ReadClaim(const storage::Snapshot& snapshot, const v1::GetClaimRequest& request,
                       v1::GetClaimResponse& response) {
  TS_ASSIGN_OR_RETURN(const std::string id, ClaimIdOf(snapshot, request.claim_id()));
  TS_ASSIGN_OR_RETURN(*response.mutable_claim(),
                      ReadRecord<v1::ClaimRecord>(snapshot, id, "UNKNOWN_CLAIM", "claim_id", "claim"));
  response.set_as_of_size(snapshot.size());
  return absl::OkStatus();
}

absl::Status ReadClaims(const storage::Snapshot& snapshot, const v1::ListClaimsRequest& request,
                        v1::ListClaimsResponse& response) {
  if (!request.piece_id().empty()) TS_RETURN_IF_ERROR(CheckId(ObjectKind::kPiece, request.piece_id(), "piece_id"));
  if (!request.party_id().empty()) TS_RETURN_IF_ERROR(RequireParty(snapshot, request.party_id(), "party_id"));
  TS_ASSIGN_OR_RETURN(const size_t limit, CheckedPageSize(request.page_size()));
  const std::string list =
      fmt::format("claims on {} by {} that are {}", request.piece_id(), request.party_id(), int{request.status()});
  TS_ASSIGN_OR_RETURN(const std::string after_id, DecodePageToken(list, request.page_token()));
  ClaimPage page(request, limit);
  TS_RETURN_IF_ERROR(request.piece_id().empty() ? LookAtAll(snapshot, after_id, page)
                                                : LookAtPiece(snapshot, request.piece_id(), after_id, page));
  for (v1::ClaimRecord& claim : page.claims) *response.add_claims() = std::move(claim);
  if (page.more) response.set_next_page_token(EncodePageToken(list, page.last_id));
  response.set_as_of_size(snapshot.size());
  return absl::OkStatus();
}

}  // namespace touchstone::services
