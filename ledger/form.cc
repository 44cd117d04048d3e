#include "ledger/form.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "ledger/fields.h"

namespace touchstone::ledger {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// The fields of which the schema says `Required.`, and the lists that hold at least one; ascending. A test holds this
/// against the schema.
constexpr std::string_view kRequired[] = {
    "Accept.offer_id",
    "Accredit.party_id",
    "AddKey.party_id",
    "Appoint.office",
    "Appoint.party_id",
    "Assay.fineness",
    "Assay.lot_id",
    "Attest.conclusion",
    "Attest.lines",
    "Attest.scope",
    "Attest.visit",
    "CancelOffer.offer_id",
    "Charge.account_id",
    "Charge.inputs",
    "Claim.piece_id",
    "Claim.policies",
    "CloseAccount.account_id",
    "Correct.reason",
    "Discharge.account_id",
    "Discharge.outputs",
    "Dispute.reason",
    "Dispute.subject_id",
    "DistrustKey.reason",
    "EndAccreditation.cause",
    "EndAccreditation.party_id",
    "EndAppointment.cause",
    "EndAppointment.party_id",
    "EndAttestation.attestation_id",
    "EndAttestation.cause",
    "EndLicence.cause",
    "EndLicence.licence_id",
    "Export.from_country",
    "Export.lot_ids",
    "Export.to_country",
    "Fineness.method",
    "Genesis.root_keys",
    "HandOver.from_party_id",
    "HandOver.lot_ids",
    "HandOver.rights",
    "HandOver.to_party_id",
    "Hold.reason",
    "Hold.subject_id",
    "Import.country",
    "Import.lot_ids",
    "Intake.door",
    "Intake.outputs",
    "Lose.kind",
    "Lose.lot_id",
    "LotPart.lot_id",
    "MakePiece.inputs",
    "MakePiece.pieces",
    "Material.form",
    "Offer.lot_ids",
    "Offer.rights",
    "Offer.to_party_id",
    "OpenAccount.custody_model",
    "OpenAccount.kind",
    "OpenAccount.site_id",
    "Output.material",
    "OutputLimit.unit",
    "Pack.lot_ids",
    "Pack.seal",
    "Piece.article",
    "Piece.fineness",
    "Piece.serial",
    "PolicyRef.policy_id",
    "Process.inputs",
    "Process.outputs",
    "Process.route",
    "Process.site_id",
    "Produce.outputs",
    "Produce.route",
    "Produce.site_id",
    "PublishPolicy.policy_id",
    "Recall.reason",
    "Recall.subject_id",
    "Receive.received",
    "ReceivedMass.lot_id",
    "RegisterLicence.country",
    "RegisterLicence.holder_party_id",
    "RegisterLicence.kind",
    "RegisterLicence.number",
    "RegisterParty.country",
    "RegisterParty.name",
    "RegisterSite.country",
    "RegisterSite.kind",
    "RegisterSite.name",
    "RegisterSite.operator_party_id",
    "Reject.offer_id",
    "Release.subject_id",
    "Retire.kind",
    "Retire.subject_id",
    "RetireClaim.claim_id",
    "RetireKey.party_id",
    "RevokeClaim.claim_id",
    "RevokeClaim.reason",
    "Sample.laboratory_party_id",
    "Sample.lot_id",
    "Settle.buyer_party_id",
    "Settle.lot_id",
    "Settle.seller_party_id",
    "Stocktake.site_id",
    "SuspendParty.party_id",
    "Transform.inputs",
    "Transform.kind",
    "Transform.outputs",
    "Unpack.seal",
    "UpdateParty.party_id",
    "UpdateSite.site_id",
    "Void.reason",
};

bool IsRequired(const FieldDescriptor& field) {
  constexpr std::string_view kPackage = "touchstone.v1.";
  const std::string_view name = std::string_view(field.full_name()).substr(kPackage.size());
  return std::binary_search(std::begin(kRequired), std::end(kRequired), name);
}

class FormChecker {
 public:
  explicit FormChecker(const v1::Event& event) : event_(event) {}

  /// The message at `path`, and what it holds.
  void Check(const Message& message, const std::string& path) {
    if (message.GetDescriptor() == v1::Material::descriptor()) {
      return Note(CheckMaterial(static_cast<const v1::Material&>(message), path));
    }
    if (message.GetDescriptor() == v1::Fineness::descriptor()) {
      return Note(CheckFineness(static_cast<const v1::Fineness&>(message), path));
    }
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
      CheckField(message, *message.GetDescriptor()->field(i), path);
    }
  }

  std::vector<Rejection> Take() && { return std::move(errors_); }

 private:
  void CheckField(const Message& message, const FieldDescriptor& field, const std::string& path) {
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    const std::string here = fmt::format("{}.{}", path, field.name());
    const bool is_set =
        field.is_repeated() ? reflection.FieldSize(message, &field) > 0 : reflection.HasField(message, &field);
    if (!is_set && IsRequired(field)) Note(Reject(v1::REASON_FIELD_REQUIRED, here, "must not be empty"));
    CheckPeriodFrom(message, field, path);
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || !is_set) return;
    if (!field.is_repeated()) return Check(reflection.GetMessage(message, &field), here);
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      Check(reflection.GetRepeatedMessage(message, &field, i), fmt::format("{}[{}]", here, i));
    }
  }

  /// The period that begins with this field: `period_from_us`, and its end `period_until_us` beside it.
  void CheckPeriodFrom(const Message& message, const FieldDescriptor& from, const std::string& path) {
    constexpr std::string_view kFrom = "from_us";
    if (!std::string_view(from.name()).ends_with(kFrom)) return;
    const std::string what = from.name().substr(0, from.name().size() - kFrom.size());
    const FieldDescriptor* const until = message.GetDescriptor()->FindFieldByName(what + "until_us");
    if (until == nullptr) return;
    const int64_t from_us = message.GetReflection()->GetInt64(message, &from);
    const int64_t until_us = message.GetReflection()->GetInt64(message, until);
    const std::string from_path = fmt::format("{}.{}", path, from.name());
    const std::string until_path = fmt::format("{}.{}", path, until->name());
    const bool is_of_work = what == "period_" && event_.occurred_at_us() != 0;
    Note(is_of_work ? CheckWorkPeriod(event_.occurred_at_us(), from_us, until_us, from_path, until_path)
                    : CheckPeriod(from_us, until_us, from_path, until_path));
  }

  void Note(MaybeRejection error) {
    if (error.has_value()) errors_.push_back(*std::move(error));
  }

  const v1::Event& event_;
  std::vector<Rejection> errors_;
};

}  // namespace

std::vector<Rejection> FormErrors(const v1::Event& event) {
  const FieldDescriptor* const body =
      event.GetReflection()->GetOneofFieldDescriptor(event, event.GetDescriptor()->FindOneofByName("body"));
  if (body == nullptr) return {Reject(v1::REASON_FIELD_REQUIRED, "body", "a verb")};
  FormChecker checker(event);
  checker.Check(event.GetReflection()->GetMessage(event, body), body->name());
  return std::move(checker).Take();
}

}  // namespace touchstone::ledger
