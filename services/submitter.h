// From envelope bytes to answers: admission, then the sequencer. What every way of submitting goes through.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "services/admission.h"
#include "services/sequencer.h"

namespace touchstone::services {

/// The order of one caller: what it submits may be checked side by side, but reaches the sequencer in the order in
/// which it was submitted, since later events build on earlier ones. Thread-safe.
class SubmissionOrder {
 public:
  /// A place in the order.
  using Place = std::shared_ptr<std::function<void()>>;

  /// The next place.
  Place Take();
  /// Runs `step` once the steps of all places before it have run: now, or in a later call. It must not submit.
  void Fill(const Place& place, std::function<void()> step);

 private:
  std::mutex mutex_;  // also held while a step runs: it is what keeps them in order
  std::deque<Place> places_;
};

/// Thread-safe.
class Submitter {
 public:
  /// Both must outlive this and every call.
  Submitter(Admission& admission, Sequencer& sequencer) : admission_(admission), sequencer_(sequencer) {}

  /// Admits serialised envelopes in order, each on its own. `done` gets one answer for each: a receipt, that it is
  /// parked, or an error of admission (its field relative to the envelope), of the rules, or of the sequencer. With an
  /// `order`, submissions of that order are decided in the order of these calls, which must not be made side by side.
  void Submit(std::vector<std::string> envelopes, AnswersDone done,
              const std::shared_ptr<SubmissionOrder>& order = nullptr);

 private:
  void Sequence(std::vector<std::string> envelopes, Admission::Results results, AnswersDone done);

  Admission& admission_;
  Sequencer& sequencer_;
};

}  // namespace touchstone::services
