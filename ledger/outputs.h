// What events make: the checks of outputs, and the lots they become, that every kind of step has in common.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "ledger/lots.h"
#include "ledger/mass_balance.h"
#include "ledger/verb.h"

namespace touchstone::ledger {

using Materials = google::protobuf::RepeatedPtrField<v1::Material>;

/// The material is of one of the forms: FORM_INVALID says that `maker` yields none of this form.
MaybeRejection CheckForm(const v1::Material& material, uint32_t forms, const Path& path, std::string_view maker);
/// `least` to limits::kMaxItemsPerEvent of them, each well-formed and of one of the forms.
MaybeRejection CheckOutputs(const Materials& materials, uint32_t forms, int least, const Path& field,
                            std::string_view maker);

/// Makes outputs that no lot went into lots of the actor, numbered from 0, and books what is determined as received.
/// `heritage` tells what each of them brings along.
void EnterLots(Context& ctx, const Materials& outputs, Heritage (*heritage)(const Context&, const v1::Material&),
               v1::StepRecord& step);

/// The sums of outputs of inputs that are determined, or are not.
OutputTotals TotalsOf(const Ruleset& rules, const std::vector<const v1::Material*>& outputs, bool inputs_determined);

/// Works inputs that passed CheckInputs, under a balance that was checked, into lots of the same custodian and owner,
/// numbered from 0, then the remainders. `mercury`: the step puts it into their history. Books loss or gain.
void WorkLots(Context& ctx, const LotParts& inputs, const std::vector<const v1::Material*>& outputs, bool mercury,
              uint32_t loss_band_ppm, v1::StepRecord& step);

}  // namespace touchstone::ledger
