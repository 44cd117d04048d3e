#include "cli/subject.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/status.h"
#include "fmt/format.h"
#include "ledger/claim_code.h"

namespace touchstone::cli {
namespace {

/// Whether it is meant as an id. Whether there is such a thing, the server knows.
bool LooksLikeId(std::string_view text) {
  constexpr std::array<std::string_view, 3> kKinds = {"lot_", "piece_", "claim_"};
  return std::any_of(kKinds.begin(), kKinds.end(), [&](std::string_view kind) { return text.starts_with(kind); });
}

}  // namespace

absl::StatusOr<std::string> ResolveSubject(Context& context, const std::string& text) {
  if (LooksLikeId(text)) return text;
  if (const absl::Status code = ledger::ClaimIdPrefix(text).status(); !code.ok()) {
    return InvalidInput(ReasonOf(code), "id",
                        fmt::format("'{}' is no id, as lot_..., piece_... or claim_...; and as the code or address of "
                                    "a claim: {}",
                                    text, MessageOf(code)));
  }
  v1::GetClaimRequest request;
  request.set_claim_id(text);
  TS_ASSIGN_OR_RETURN(const v1::GetClaimResponse answer, context.client().GetClaim(request));
  return answer.claim().claim_id();
}

}  // namespace touchstone::cli
