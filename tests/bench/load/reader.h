// Reads between the writes of a load: events and lots that were acknowledged a moment ago.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "base/clock.h"
#include "grpcpp/channel.h"
#include "tests/bench/load/histogram.h"
#include "touchstone/v1/custody_service.grpc.pb.h"

namespace touchstone::bench {

/// Thread-safe.
class Reader {
 public:
  Reader(const std::shared_ptr<grpc::Channel>& channel, Clock& clock)
      : clock_(clock), stub_(v1::CustodyService::NewStub(channel)) {}

  /// So many hundredths of a read more are to be done, of what `response` acknowledges.
  void Owe(uint64_t hundredths, const v1::SubmitBatchResponse& response);
  /// Returns when no read is under way; none is begun any more.
  void Wait();

  /// Once Wait has returned. What the first failed read met.
  absl::Status status() const { return status_; }
  const Histogram& read_us() const { return read_us_; }

 private:
  /// The two kinds of reads in turn, as long as there is a debt and room. With mutex_ held.
  void Begin();
  template <typename Request, typename Response, typename Method>
  void Read(Request request, Method method);
  void Done(int64_t began_us, bool ok, const std::string& message);

  Clock& clock_;
  const std::unique_ptr<v1::CustodyService::Stub> stub_;
  std::mutex mutex_;
  std::condition_variable idle_;
  uint64_t owed_hundredths_ = 0;
  int under_way_ = 0;
  bool waiting_ = false;
  bool lots_turn_ = false;
  std::string event_id_;  // the newest acknowledged
  std::string lot_id_;    // that was made; empty while none was
  absl::Status status_;
  Histogram read_us_;
};

}  // namespace touchstone::bench
