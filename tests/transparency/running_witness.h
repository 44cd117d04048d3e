// A witness of one log over HTTP, on a port and in a directory that it keeps over restarts.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "crypto/note_key.h"
#include "services/gateway/http_server.h"
#include "services/witness/witness.h"
#include "services/witness/witness_server.h"

namespace touchstone::services {

/// The key of the witness of that name; the same in every run.
inline crypto::NoteSigner WitnessKey(char name) {
  return *crypto::NoteSigner::Create(std::string("witness.example/") + name, crypto::NoteKeyType::kCosignature,
                                     *crypto::SecretKey::FromSeed(std::string(32, name)));
}

class RunningWitness {
 public:
  /// Starts it, in `folder`, or starts it again.
  void Start(const std::string& folder, char name, const crypto::NoteVerifier& log_key, Clock& clock) {
    name_ = name;
    WitnessOptions options;
    options.data_dir = folder + "/witness-" + name;
    options.signers.push_back(WitnessKey(name));
    options.logs = {{.origin = log_key.name(), .keys = {log_key}}};
    auto witness = Witness::Open(std::move(options), clock);
    ASSERT_TRUE(witness.ok()) << witness.status();
    witness_ = *std::move(witness);
    auto server = ServeWitness({.host = "127.0.0.1", .port = port_}, *witness_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    port_ = server_->port();
  }
  void Stop() {
    server_.reset();
    witness_.reset();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// Its line in a policy.
  std::string PolicyLine() const {
    return std::string("witness ") + name_ + " " + WitnessKey(name_).verifier().ToVkey() + " " + url() + "\n";
  }

 private:
  char name_ = ' ';
  int port_ = 0;
  std::unique_ptr<Witness> witness_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace touchstone::services
