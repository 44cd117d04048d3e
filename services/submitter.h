// From envelope bytes to receipts: admission, then the sequencer. What every way of submitting goes through.
#pragma once

#include <string>
#include <vector>

#include "services/admission.h"
#include "services/sequencer.h"

namespace touchstone::services {

/// Thread-safe.
class Submitter {
 public:
  /// Both must outlive this and every call.
  Submitter(Admission& admission, Sequencer& sequencer) : admission_(admission), sequencer_(sequencer) {}

  /// Admits serialised envelopes in order, each on its own. `done` gets one answer for each: a receipt, or an error of
  /// admission (its field relative to the envelope), of the rules, or of the sequencer.
  void Submit(std::vector<std::string> envelopes, ReceiptsDone done);

 private:
  void Sequence(std::vector<std::string> envelopes, Admission::Results results, ReceiptsDone done);

  Admission& admission_;
  Sequencer& sequencer_;
};

}  // namespace touchstone::services
