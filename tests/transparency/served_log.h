// A log of toy entries under signed checkpoints, served as tiles over HTTP on a free port.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/note_key.h"
#include "gtest/gtest.h"
#include "services/checkpointer.h"
#include "services/gateway/http_server.h"
#include "services/gateway/log_pages.h"
#include "tests/support/http_probe.h"
#include "tests/support/temp_dir.h"
#include "tests/support/toy_ledger.h"

namespace touchstone::services {

class ServedLog {
 public:
  explicit ServedLog(HttpPatience patience = {}) : store_(testing::MustCreate(directory_.File("ledger"))) {
    const std::string seed(crypto::SecretKey::kSeedBytes, 'k');
    crypto::NoteSigner signer = *crypto::NoteSigner::Create(store_->identity().origin, crypto::NoteKeyType::kEd25519,
                                                            *crypto::SecretKey::FromSeed(seed));
    std::vector<crypto::NoteSigner> signers;
    signers.push_back(std::move(signer));
    checkpointer_ = *Checkpointer::Open(*store_, *storage::MarkFile::Open(directory_.File("mark")), std::move(signers),
                                        directory_.File("hand-over"));
    pages_ = std::make_unique<LogPages>([this] { return checkpointer_->newest(); },
                                        [] { return std::optional<std::string>(); }, size_t{1} << 20);
    server_ = *HttpServer::Start({.host = "127.0.0.1", .port = 0},
                                 {.handler =
                                      [this](const HttpRequest& request) {
                                        return pages_->Answer(request).value_or(HttpResponse{.status = 404});
                                      },
                                  .patience = patience});
  }

  /// Appends entries until there are `size`, and publishes that size alone.
  void GrowTo(uint64_t size) {
    constexpr uint64_t kBatch = 2'048;
    while (ledger_.size() < size) {
      const absl::Status committed = store_->Commit(ledger_.NextPuts(std::min(kBatch, size - ledger_.size())));
      ASSERT_TRUE(committed.ok()) << committed;
    }
    const absl::Status published = checkpointer_->Publish();
    ASSERT_TRUE(published.ok()) << published;
  }

  int port() const { return server_->port(); }
  HttpServer& server() { return *server_; }
  LogPages& pages() { return *pages_; }
  const testing::ToyLedger& ledger() const { return ledger_; }
  crypto::NoteVerifier log_key() const { return checkpointer_->log_keys().current; }
  std::shared_ptr<const Published> newest() const { return checkpointer_->newest(); }

  testing::ProbeResponse Get(std::string_view path, std::string_view fields = "", std::string_view method = "GET") {
    return testing::Get(port(), path, fields, method);
  }

 private:
  testing::TempDir directory_;
  testing::ToyLedger ledger_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::unique_ptr<LogPages> pages_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace touchstone::services
