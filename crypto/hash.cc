#include "crypto/hash.h"

#include <sodium.h>

#include <new>

namespace touchstone::crypto {
namespace {

using State = crypto_hash_sha256_state;
static_assert(Hash::kSize == crypto_hash_sha256_BYTES);

State* AsState(std::byte* storage) { return std::launder(reinterpret_cast<State*>(storage)); }

const unsigned char* Unsigned(std::string_view data) { return reinterpret_cast<const unsigned char*>(data.data()); }

}  // namespace

Hash Sha256(std::string_view data) {
  Hash hash;
  crypto_hash_sha256(hash.bytes.data(), Unsigned(data), data.size());
  return hash;
}

Sha256Stream::Sha256Stream() {
  // The public header does not show sodium's state, so its size is stated there and held to the truth here.
  static_assert(sizeof(State) == kStateBytes && alignof(State) <= 8);
  crypto_hash_sha256_init(new (state_.data()) State);
}

void Sha256Stream::Update(std::string_view data) {
  crypto_hash_sha256_update(AsState(state_.data()), Unsigned(data), data.size());
}

Hash Sha256Stream::Finish() {
  Hash hash;
  crypto_hash_sha256_final(AsState(state_.data()), hash.bytes.data());
  crypto_hash_sha256_init(AsState(state_.data()));
  return hash;
}

}  // namespace touchstone::crypto
