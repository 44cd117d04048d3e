#include "storage/mark.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "base/check.h"
#include "base/encoding.h"
#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::storage {
namespace {

// Two slots, written in turn, each in a disk block of its own: a torn write of one leaves the other.
constexpr int kSlots = 2;
constexpr size_t kBlockBytes = 4096;
constexpr size_t kFileBytes = kSlots * kBlockBytes;

// magic || u64 size || root || the first 16 bytes of the SHA-256 of all before.
constexpr std::string_view kMagic = "TSMARK01";
constexpr size_t kChecksumBytes = 16;
constexpr size_t kBodyBytes = 8 + 8 + crypto::Hash::kSize;
constexpr size_t kSlotBytes = kBodyBytes + kChecksumBytes;
static_assert(kMagic.size() == 8 && kSlotBytes == 64);

std::string Checksum(std::string_view body) {
  return std::string(crypto::Sha256(body).view().substr(0, kChecksumBytes));
}

std::string EncodeSlot(const Mark& mark) {
  std::string slot(kMagic);
  AppendU64(slot, mark.size);
  slot.append(mark.root.view());
  slot.append(Checksum(slot));
  return slot;
}

std::optional<Mark> DecodeSlot(std::string_view slot) {
  const std::string_view body = slot.substr(0, kBodyBytes);
  if (!body.starts_with(kMagic) || slot.substr(kBodyBytes) != Checksum(body)) return std::nullopt;
  Mark mark{.size = ReadU64(body.substr(kMagic.size())), .root = {}};
  const auto root = crypto::Hash::FromBytes(body.substr(kMagic.size() + 8));
  TS_CHECK(root.ok());
  mark.root = *root;
  return mark;
}

absl::Status Damaged(std::string_view path, std::string_view what) {
  return MakeError(absl::StatusCode::kDataLoss, "MARK_DAMAGED", "",
                   fmt::format("{} {}; restore it, or compare this ledger with its witnesses and replicas before "
                               "removing it",
                               path, what));
}

struct Decoded {
  std::optional<Mark> last;
  int last_slot = kSlots - 1;
};

absl::StatusOr<Decoded> Decode(std::string_view path, std::string_view bytes) {
  if (bytes.size() != kFileBytes) {
    return Damaged(path, fmt::format("has {} bytes instead of {}", bytes.size(), kFileBytes));
  }
  Decoded decoded;
  for (int i = 0; i < kSlots; ++i) {
    const std::optional<Mark> mark = DecodeSlot(bytes.substr(i * kBlockBytes, kSlotBytes));
    if (mark.has_value() && (!decoded.last.has_value() || mark->size > decoded.last->size)) {
      decoded = {.last = mark, .last_slot = i};
    }
  }
  // The very first mark may be torn while the other slot was never written: then nothing was signed yet. Slot 0 is
  // written first, so anything in slot 1 means that an intact mark has been lost.
  const std::string_view second = bytes.substr(kBlockBytes);
  if (!decoded.last.has_value() && second.find_first_not_of('\0') != std::string_view::npos) {
    return Damaged(path, "has no intact mark");
  }
  return decoded;
}

absl::Status WriteEmpty(const std::string& path) {
  // Full-sized from the start: an advance then changes no metadata, and fdatasync has only one block to write.
  return WriteFileAtomically(path, std::string(kFileBytes, '\0'), S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH,
                             IfExists::kRefuse);
}

}  // namespace

std::string MarkPath(const std::string& dir) { return dir + "/mark"; }

absl::StatusOr<MarkFile> MarkFile::Open(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) TS_RETURN_IF_ERROR(WriteEmpty(path));
  TS_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kFileBytes + 1));
  TS_ASSIGN_OR_RETURN(const Decoded decoded, Decode(path, bytes));
  UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd.valid()) return FileError("open", path, errno);
  MarkFile file(path, std::move(fd));
  file.last_ = decoded.last;
  file.last_slot_ = decoded.last_slot;
  return file;
}

absl::StatusOr<std::optional<Mark>> MarkFile::Read(const std::string& path) {
  const auto bytes = ReadFile(path, kFileBytes + 1);
  if (absl::IsNotFound(bytes.status())) return std::nullopt;
  TS_RETURN_IF_ERROR(bytes.status());
  TS_ASSIGN_OR_RETURN(const Decoded decoded, Decode(path, *bytes));
  return decoded.last;
}

absl::Status MarkFile::Advance(const Mark& mark) {
  if (failed_) return MakeError(absl::StatusCode::kUnavailable, "MARK_IO", "", path_ + ": an earlier write failed");
  if (last_.has_value()) {
    if (mark == *last_) return absl::OkStatus();
    if (mark.size <= last_->size) {
      return MakeError(absl::StatusCode::kFailedPrecondition, "MARK_REGRESSION", "",
                       fmt::format("size {} with root {} was signed; size {} with root {} must not be", last_->size,
                                   HexEncode(last_->root.view()), mark.size, HexEncode(mark.root.view())));
    }
  }
  const int slot = (last_slot_ + 1) % kSlots;
  const std::string bytes = EncodeSlot(mark);
  const ssize_t written = pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(slot * kBlockBytes));
  // A failed fdatasync may have dropped the dirty page, so that a second one would succeed over nothing: no retry.
  if (written != static_cast<ssize_t>(bytes.size()) || fdatasync(fd_.get()) != 0) {
    failed_ = true;
    return MakeError(absl::StatusCode::kUnavailable, "MARK_IO", "", MessageOf(FileError("write", path_, errno)));
  }
  last_ = mark;
  last_slot_ = slot;
  return absl::OkStatus();
}

absl::Status MarkFile::SetAside() {
  const std::string kept = fmt::format("{}.overridden-{}", path_, last_.has_value() ? last_->size : 0);
  if (rename(path_.c_str(), kept.c_str()) != 0) return FileError("rename", path_, errno);
  TS_RETURN_IF_ERROR(SyncDirectory(DirectoryOf(path_)));
  TS_ASSIGN_OR_RETURN(MarkFile anew, Open(path_));
  *this = std::move(anew);
  return absl::OkStatus();
}

}  // namespace touchstone::storage
