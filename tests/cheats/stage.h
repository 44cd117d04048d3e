// A ledger served over gRPC, with the actors that cheats need, and a clock that stories move on.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/node.h"
#include "tests/support/story.h"
#include "tests/support/story_clock.h"
#include "tests/support/temp_dir.h"
#include "touchstone/v1/custody_service.grpc.pb.h"
#include "touchstone/v1/provenance_service.grpc.pb.h"
#include "touchstone/v1/record.pb.h"
#include "touchstone/v1/verdict.pb.h"

namespace touchstone::cheats {

/// What became of one submission.
struct Answer {
  bool admitted = false;
  uint64_t index = 0;       // of its entry, when admitted
  std::string reason = {};  // of its refusal, when not
  std::string message = {};
};

/// A mine and its papers.
struct Mine {
  std::string site;
  std::string title;
  std::string attestation;  // of its process, without mercury; empty when nobody has seen it
};

/// Not thread-safe. What cannot fail in a test (founding, serving, reading) aborts.
class Stage {
 public:
  /// Founds a ledger, serves it on a free port of the loopback, and registers the cast: `north` and `south`, miners
  /// with a mine each, licensed and attested; `trader` (an aggregator), `refiner`, `jeweler`, `goldsmith`; the
  /// laboratories `laboratory` and `assayer`; `inspector`, accredited for all that is attested here.
  Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage();

  testing::Story story;
  Mine north;
  Mine south;

  /// Submits it when it has been told. A story says one more thing only after the one before was admitted: see fault().
  testing::Statement Say(testing::Statement statement);
  /// Signs and submits it.
  testing::Statement Say(v1::Event event, const std::vector<std::string>& signers);
  void PassDays(int days);

  /// A mine of `operator_actor`, opened now: titled, and seen by the inspector if `attested`.
  Mine OpenMine(const std::string& operator_actor, std::string_view name, bool attested = true);
  /// Doré at 900 of a miner's own mine, or of `site`.
  std::string Dore(const std::string& miner, uint64_t gross_mg, std::string_view site = "");

  // --- What clients read ----------------------------------------------------------------------------------------------

  /// The answer to what was said last.
  const Answer& last() const { return last_; }
  /// Empty, or which event before the last was refused, and why.
  const std::string& fault() const { return fault_; }
  /// Entries in the log.
  uint64_t size() const;
  /// The entry of what was said before.
  uint64_t IndexOf(const testing::Statement& statement) const;
  /// Of an entry. No read of the API serves the findings of any entry, and traces serve those of steps alone, so that
  /// these are read from the node's own snapshot.
  std::vector<v1::FindingRecord> Findings(uint64_t index) const;
  v1::LotRecord Lot(const std::string& lot_id) const;
  v1::Evaluation Verdict(const std::string& subject_id, const std::string& policy_id) const;

 private:
  void Serve();
  void RegisterCast();
  Answer Submit(const std::string& envelope);

  testing::TempDir directory_;
  testing::StoryClock clock_;
  std::unique_ptr<services::Node> node_;
  std::unique_ptr<v1::CustodyService::Stub> custody_;
  std::unique_ptr<v1::ProvenanceService::Stub> provenance_;
  Answer last_ = {.admitted = true};
  std::string said_ = "the opening";
  std::string fault_;
};

}  // namespace touchstone::cheats
