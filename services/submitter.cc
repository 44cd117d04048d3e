#include "services/submitter.h"

#include <cstddef>
#include <utility>

namespace touchstone::services {

void Submitter::Submit(std::vector<std::string> envelopes, ReceiptsDone done) {
  const size_t count = envelopes.size();
  // A node that admits nothing spends no time on signatures.
  absl::Status refusal = sequencer_.admitting();
  if (refusal.ok()) {
    refusal = admission_.Check(std::move(envelopes),
                               [this, done](std::vector<std::string> checked, Admission::Results results) {
                                 Sequence(std::move(checked), std::move(results), done);
                               });
  }
  if (!refusal.ok()) done(Receipts(count, refusal));
}

void Submitter::Sequence(std::vector<std::string> envelopes, Admission::Results results, ReceiptsDone done) {
  Receipts answers(results.size(), absl::UnknownError("not answered"));
  std::vector<Candidate> candidates;
  std::vector<size_t> places;  // of the candidates among the answers
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i].ok()) {
      candidates.push_back({.event = *std::move(results[i]), .envelope = std::move(envelopes[i])});
      places.push_back(i);
    } else {
      answers[i] = results[i].status();
    }
  }
  if (candidates.empty()) return done(std::move(answers));
  sequencer_.Submit(std::move(candidates), [answers = std::move(answers), places = std::move(places),
                                            done = std::move(done)](Receipts receipts) mutable {
    for (size_t i = 0; i < receipts.size(); ++i) answers[places[i]] = std::move(receipts[i]);
    done(std::move(answers));
  });
}

}  // namespace touchstone::services
