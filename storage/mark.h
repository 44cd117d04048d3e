// The signed-size mark: the last size and root this node has put its name to, kept outside the database.
//
// A restored backup of the database knows nothing of the checkpoints signed after it was made. The mark does, so the
// node notices and does not sign a second history. Its bytes are told in FORMAT.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/files.h"
#include "crypto/hash.h"

namespace touchstone::storage {

struct Mark {
  uint64_t size = 0;
  /// The RFC 6962 root of that size.
  crypto::Hash root;

  bool operator==(const Mark&) const = default;
};

/// The mark's file in a ledger directory.
std::string MarkPath(const std::string& dir);

/// The mark's file, held open by the one node that signs. Thread-compatible.
class MarkFile {
 public:
  /// Opens `path`, making an empty one when there is none. DATA_LOSS with MARK_DAMAGED when it has content but no
  /// intact slot, or is not a mark at all; otherwise the errors of FileError.
  static absl::StatusOr<MarkFile> Open(const std::string& path);

  /// Reads the last mark and leaves everything as it is. Empty also when there is no file.
  static absl::StatusOr<std::optional<Mark>> Read(const std::string& path);

  /// The last mark that is known to be durable; empty before the first.
  const std::optional<Mark>& last() const { return last_; }

  /// Makes `mark` the last one, durably before it returns. Repeating the last mark does nothing. Costs one fdatasync of
  /// one block: measured beside a bare one on the same disk, no more than that. Errors:
  /// - MARK_REGRESSION (FAILED_PRECONDITION): smaller than the last, or of the same size with another root. Whoever
  ///   asks for that is about to sign a second history.
  /// - MARK_IO (UNAVAILABLE): the outcome is unknown until the file is opened again; every later call gets it too.
  absl::Status Advance(const Mark& mark);

  /// For an operator who takes it upon himself: keeps the file as `PATH.overridden-SIZE` and begins anew without a
  /// mark, durably. Errors as FileError.
  absl::Status SetAside();

 private:
  MarkFile(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::string path_;
  UniqueFd fd_;
  std::optional<Mark> last_;
  /// Which slot holds last_; the other one is written next.
  int last_slot_ = 1;
  bool failed_ = false;
};

}  // namespace touchstone::storage
