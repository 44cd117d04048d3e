#include "services/witness/witness_client.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/add_checkpoint.h"
#include "crypto/checkpoint.h"
#include "crypto/decimal.h"
#include "crypto/hash.h"
#include "fmt/format.h"

namespace touchstone::services {
namespace {

/// A witness answers with a few lines, or with a note.
constexpr size_t kMaxAnswerBytes = limits::kMaxNoteBytes;

absl::Status Error(absl::StatusCode code, std::string_view reason, const crypto::PolicyKey& witness,
                   std::string_view message) {
  return MakeError(code, reason, "", fmt::format("witness {}: {}", witness.name, message));
}

/// The size in the body of a 409; nothing when it has none, as some witnesses answer where roots differ.
std::optional<uint64_t> SizeIn(std::string_view body) {
  if (body.ends_with('\n')) body.remove_suffix(1);
  return crypto::ParseDecimal(body);
}

/// Whether the witness cosigned it, and the log signed it as far as can be told: a line in its name, of which OpenNote
/// has found none wrong whose key it was given.
bool BothSigned(const std::string& note, const crypto::OpenedNote& opened, const std::string& origin,
                const crypto::PolicyKey& witness) {
  const bool cosigned =
      std::ranges::any_of(opened.attestations, [&](const auto& by) { return by.verifier == witness.verifier; });
  const absl::StatusOr<crypto::ParsedNote> parsed = crypto::ParseNote(note);
  return cosigned && parsed.ok() &&
         std::ranges::any_of(parsed->signatures, [&](const auto& line) { return line.name == origin; });
}

/// What an answer other than 200 and 409 means.
absl::Status Refusal(const crypto::PolicyKey& witness, const HttpReply& reply) {
  const std::string message = fmt::format("{} {}", reply.status, reply.body.substr(0, 200));
  const bool later = reply.status == 429 || reply.status >= 500;
  return later ? Error(absl::StatusCode::kUnavailable, "WITNESS_BUSY", witness, message)
               : Error(absl::StatusCode::kFailedPrecondition, "WITNESS_REFUSED", witness, message);
}

}  // namespace

absl::StatusOr<std::unique_ptr<WitnessClient>> WitnessClient::Create(crypto::PolicyKey witness) {
  absl::StatusOr<std::unique_ptr<HttpClient>> http = HttpClient::Create(witness.url, limits::kWitnessRoundMs);
  if (!http.ok()) return InField(witness.name, http.status());
  return std::unique_ptr<WitnessClient>(new WitnessClient(std::move(witness), *std::move(http)));
}

absl::StatusOr<crypto::NoteSignature> WitnessClient::Cosign(const Published& published) {
  const uint64_t size = published.snapshot->size();
  for (int asked = 0; asked < 3; ++asked) {
    crypto::AddCheckpoint request = {.old_size = cosigned_size_, .proof = {}, .checkpoint = published.checkpoint};
    if (cosigned_size_ > 0 && cosigned_size_ < size) {
      TS_ASSIGN_OR_RETURN(request.proof, published.snapshot->ConsistencyPath(cosigned_size_, size));
    }
    TS_ASSIGN_OR_RETURN(const HttpReply reply,
                        http_->Send("POST", "/add-checkpoint", crypto::FormatAddCheckpoint(request), kMaxAnswerBytes));
    if (reply.status == 200) return TakeCosignature(published, reply.body);
    if (reply.status != 409) return Refusal(witness_, reply);
    const std::optional<uint64_t> its_size = SizeIn(reply.body);
    if (!its_size.has_value()) {
      return Error(absl::StatusCode::kFailedPrecondition, "WITNESS_REFUSED", witness_, "409, without a size");
    }
    if (*its_size > size) {
      return Error(absl::StatusCode::kFailedPrecondition, "WITNESS_AHEAD", witness_,
                   fmt::format("it has cosigned {} entries, of which this log has {}", *its_size, size));
    }
    cosigned_size_ = *its_size;
  }
  return Error(absl::StatusCode::kUnavailable, "WITNESS_BUSY", witness_, "it says another size each time");
}

absl::StatusOr<crypto::NoteSignature> WitnessClient::TakeCosignature(const Published& published,
                                                                     const std::string& lines) {
  const std::string note = published.checkpoint + lines;
  const auto opened = crypto::OpenNote(note, {&witness_.verifier, 1});
  if (!opened.ok()) {
    return Error(absl::StatusCode::kUnavailable, "WITNESS_ANSWER", witness_,
                 fmt::format("its cosignature does not hold: {}", MessageOf(opened.status())));
  }
  TS_ASSIGN_OR_RETURN(const crypto::ParsedNote parsed, crypto::ParseNote(note));
  for (const crypto::NoteSignature& signature : parsed.signatures) {
    if (signature.name == witness_.verifier.name() && signature.key_id == witness_.verifier.key_id()) {
      cosigned_size_ = published.snapshot->size();
      return signature;
    }
  }
  return Error(absl::StatusCode::kUnavailable, "WITNESS_ANSWER", witness_, "it did not sign");
}

absl::StatusOr<std::optional<storage::Mark>> WitnessClient::LastBy(const std::vector<crypto::NoteVerifier>& keys,
                                                                   bool known_key) {
  const std::string& origin = keys.front().name();
  const std::string path = "/" + HexEncode(crypto::Sha256(std::string_view(origin)).view()) + "/checkpoint";
  TS_ASSIGN_OR_RETURN(const HttpReply reply, http_->Send("GET", path, "", kMaxAnswerBytes));
  if (reply.status == 404) return std::nullopt;
  if (reply.status != 200) return Refusal(witness_, reply);
  std::vector<crypto::NoteVerifier> known = keys;
  known.push_back(witness_.verifier);
  const auto opened = crypto::OpenNote(reply.body, known);
  const auto checkpoint =
      opened.ok() ? crypto::ParseCheckpoint(opened->text) : absl::StatusOr<crypto::Checkpoint>(opened.status());
  const bool by_known_key = opened.ok() && std::ranges::any_of(opened->attestations, [&](const auto& by) {
                              return std::find(keys.begin(), keys.end(), by.verifier) != keys.end();
                            });
  if (!checkpoint.ok() || checkpoint->origin != origin || !BothSigned(reply.body, *opened, origin, witness_) ||
      (known_key && !by_known_key)) {
    return Error(absl::StatusCode::kUnavailable, "WITNESS_ANSWER", witness_,
                 "what it shows is no checkpoint that both the log and it have signed");
  }
  return storage::Mark{.size = checkpoint->size, .root = checkpoint->root};
}

}  // namespace touchstone::services
