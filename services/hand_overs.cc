#include "services/hand_overs.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/note.h"
#include "fmt/format.h"

namespace touchstone::services {
namespace {

std::string FileOf(const std::string& dir, uint64_t index) { return fmt::format("{}/{}", dir, index); }

bool BothSigned(const std::string& note, const crypto::NoteVerifier& before, const crypto::NoteVerifier& after) {
  const std::vector<crypto::NoteVerifier> both = {before, after};
  const auto opened = crypto::OpenNote(note, both);
  return opened.ok() && opened->attestations.size() == both.size();
}

}  // namespace

absl::StatusOr<HandOvers> ReadHandOvers(const std::string& dir, const crypto::LogKeys& keys) {
  HandOvers kept;
  for (const crypto::FormerLogKey& former : keys.former) {
    absl::StatusOr<std::string> note = ReadFile(FileOf(dir, former.until_size), limits::kMaxNoteBytes);
    if (absl::IsNotFound(note.status())) continue;
    TS_RETURN_IF_ERROR(note.status());
    kept.emplace(former.until_size, *std::move(note));
  }
  return kept;
}

absl::Status KeepHandOvers(const std::string& dir, const crypto::LogKeys& keys, const std::string& note, uint64_t size,
                           HandOvers& kept) {
  for (size_t i = 0; i < keys.former.size(); ++i) {
    const crypto::FormerLogKey& before = keys.former[i];
    const crypto::NoteVerifier& after = i + 1 < keys.former.size() ? keys.former[i + 1].key : keys.current;
    if (kept.contains(before.until_size) || size <= before.until_size) continue;
    if (!BothSigned(note, before.key, after)) continue;
    std::error_code error;
    std::filesystem::create_directories(dir, error);
    if (error) return FileError("make directory", dir, error.value());
    TS_RETURN_IF_ERROR(WriteFileAtomically(FileOf(dir, before.until_size), note, 0644));
    kept.emplace(before.until_size, note);
  }
  return absl::OkStatus();
}

}  // namespace touchstone::services
