#include "tests/bench/load/limits.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/check.h"
#include "crypto/dsse.h"
#include "crypto/keys.h"
#include "fmt/format.h"
#include "ledger/envelope.h"
#include "rocksdb/db.h"
#include "rocksdb/options.h"
#include "rocksdb/write_batch.h"

namespace touchstone::bench {
namespace {

struct Signed {
  std::string message;
  crypto::PublicKey key;
  crypto::Signature signature;
};

std::vector<Signed> SignaturesOf(const Track& track) {
  std::vector<Signed> all;
  for (const std::string& bytes : track.envelopes) {
    v1::Envelope envelope;
    TS_CHECK(envelope.ParseFromString(bytes));
    for (const v1::Signature& signature : envelope.signatures()) {
      TS_CHECK(!signature.has_batch());
      all.push_back({crypto::Pae(crypto::kEventPayloadType, envelope.payload()),
                     *crypto::PublicKey::FromBytes(signature.key()),
                     *crypto::Signature::FromBytes(signature.signature())});
    }
  }
  return all;
}

}  // namespace

double SignaturesPerSecond(Clock& clock, const Track& track, int64_t for_us) {
  const std::vector<Signed> signatures = SignaturesOf(track);
  std::atomic<uint64_t> verified = 0;
  const int64_t start_us = clock.MonotonicUs();
  const auto verify = [&](size_t begin) {
    uint64_t mine = 0;
    for (size_t i = begin; clock.MonotonicUs() - start_us < for_us; ++i) {
      const Signed& one = signatures[i % signatures.size()];
      TS_CHECK(crypto::Verify(one.key, one.message, one.signature));
      ++mine;
    }
    verified += mine;
  };
  std::vector<std::thread> threads;
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < cores; ++i) threads.emplace_back(verify, i * signatures.size() / cores);
  for (std::thread& thread : threads) thread.join();
  return static_cast<double>(verified) * 1e6 / static_cast<double>(clock.MonotonicUs() - start_us);
}

absl::StatusOr<double> SyncedEventsPerSecond(Clock& clock, const Track& track, size_t batch,
                                             const std::string& directory, int64_t for_us) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  if (const rocksdb::Status status = rocksdb::DB::Open(options, directory, &opened); !status.ok()) {
    return absl::UnavailableError(status.ToString());
  }
  const std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  uint64_t events = 0;
  const int64_t start_us = clock.MonotonicUs();
  while (clock.MonotonicUs() - start_us < for_us) {
    rocksdb::WriteBatch writes;
    for (size_t i = 0; i < batch; ++i, ++events) {
      writes.Put(fmt::format("{:016x}", events), track.envelopes[events % track.envelopes.size()]);
    }
    if (const rocksdb::Status status = db->Write(synced, &writes); !status.ok()) {
      return absl::UnavailableError(status.ToString());
    }
  }
  return static_cast<double>(events) * 1e6 / static_cast<double>(clock.MonotonicUs() - start_us);
}

}  // namespace touchstone::bench
