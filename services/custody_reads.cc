#include "services/custody_reads.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "crypto/hash.h"
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
  TS_RETURN_IF_ERROR(CheckId(ObjectKind::kParty, party, "custodian_party_id"));
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
  TS_RETURN_IF_ERROR(CheckId(ObjectKind::kClaim, request.claim_id(), "claim_id"));
  TS_ASSIGN_OR_RETURN(*response.mutable_claim(),
                      ReadRecord<v1::ClaimRecord>(snapshot, request.claim_id(), "UNKNOWN_CLAIM", "claim_id", "claim"));
  response.set_as_of_size(snapshot.size());
  return absl::OkStatus();
}

}  // namespace touchstone::services
