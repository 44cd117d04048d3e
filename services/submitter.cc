#include "services/submitter.h"

#include <cstddef>
#include <utility>

namespace touchstone::services {
namespace {

/// What comes out of admission.
struct Checked {
  std::vector<std::string> envelopes;
  Admission::Results results;
};

}  // namespace

SubmissionOrder::Place SubmissionOrder::Take() {
  const std::lock_guard lock(mutex_);
  return places_.emplace_back(std::make_shared<std::function<void()>>());
}

void SubmissionOrder::Fill(const Place& place, std::function<void()> step) {
  const std::lock_guard lock(mutex_);
  *place = std::move(step);
  while (!places_.empty() && *places_.front() != nullptr) {
    (*places_.front())();
    places_.pop_front();
  }
}

void Submitter::Submit(std::vector<std::string> envelopes, AnswersDone done,
                       const std::shared_ptr<SubmissionOrder>& order) {
  const size_t count = envelopes.size();
  const SubmissionOrder::Place place = order == nullptr ? nullptr : order->Take();
  const auto proceed = [order, place](std::function<void()> step) {
    order == nullptr ? step() : order->Fill(place, std::move(step));
  };
  // A node that admits nothing spends no time on signatures.
  absl::Status refusal = sequencer_.admitting();
  if (refusal.ok()) {
    refusal = admission_.Check(
        std::move(envelopes), [this, done, proceed](std::vector<std::string> checked, Admission::Results results) {
          auto held = std::make_shared<Checked>(Checked{std::move(checked), std::move(results)});
          proceed([this, held, done] { Sequence(std::move(held->envelopes), std::move(held->results), done); });
        });
  }
  if (!refusal.ok()) proceed([done, count, refusal] { done(Answers(count, refusal)); });
}

void Submitter::Sequence(std::vector<std::string> envelopes, Admission::Results results, AnswersDone done) {
  Answers answers(results.size(), absl::UnknownError("not answered"));
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
                                            done = std::move(done)](Answers decided) mutable {
    for (size_t i = 0; i < decided.size(); ++i) answers[places[i]] = std::move(decided[i]);
    done(std::move(answers));
  });
}

}  // namespace touchstone::services
