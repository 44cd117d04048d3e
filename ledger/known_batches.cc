#include "ledger/known_batches.h"

#include <utility>

#include "base/limits.h"

namespace touchstone::ledger {
namespace {

/// Key and signature have one length each, so that no two triples have one name.
std::string NameOf(const crypto::PublicKey& key, std::string_view message, const crypto::Signature& signature) {
  std::string name;
  name.reserve(key.view().size() + signature.view().size() + message.size());
  return name.append(key.view()).append(signature.view()).append(message);
}

}  // namespace

bool KnownBatches::Verify(const crypto::PublicKey& key, std::string_view message, const crypto::Signature& signature) {
  std::string name = NameOf(key, message, signature);
  if (IsKnown(name)) return true;
  // Outside the lock: several threads may check one signature at once, and all find the same.
  if (!crypto::Verify(key, message, signature)) return false;
  Remember(std::move(name));
  return true;
}

bool KnownBatches::IsKnown(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return newer_.contains(name) || older_.contains(name);
}

void KnownBatches::Remember(std::string name) {
  const std::lock_guard lock(mutex_);
  if (newer_.size() >= limits::kMaxKnownBatches) {
    older_ = std::move(newer_);
    newer_.clear();
  }
  newer_.insert(std::move(name));
}

}  // namespace touchstone::ledger
