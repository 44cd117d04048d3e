#include "base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "base/status.h"
#include "tests/support/temp_dir.h"

namespace touchstone {
namespace {

using testing::TempDir;

mode_t ModeOf(const std::string& path) {
  struct stat info = {};
  EXPECT_EQ(stat(path.c_str(), &info), 0);
  return info.st_mode & 07777;
}

size_t FilesIn(const std::string& dir) {
  return static_cast<size_t>(
      std::distance(std::filesystem::directory_iterator(dir), std::filesystem::directory_iterator()));
}

TEST(FilesTest, WrittenFileHasItsBytesAndModeWhateverTheUmask) {
  const TempDir dir;
  const mode_t old_mask = umask(0077);
  const absl::Status status = WriteFileAtomically(dir.File("a"), std::string("x\0y", 3), 0644);
  umask(old_mask);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(*ReadFile(dir.File("a"), 3), std::string("x\0y", 3));
  EXPECT_EQ(ModeOf(dir.File("a")), 0644u);
  EXPECT_EQ(FilesIn(dir.path()), 1u) << "no temporary file is left";
}

TEST(FilesTest, ReplacesAFileAsAWhole) {
  const TempDir dir;
  ASSERT_TRUE(WriteFileAtomically(dir.File("a"), "a longer text", 0644).ok());
  ASSERT_TRUE(WriteFileAtomically(dir.File("a"), "short", 0600).ok());
  EXPECT_EQ(*ReadFile(dir.File("a"), 100), "short");
  EXPECT_EQ(ModeOf(dir.File("a")), 0600u);
}

TEST(FilesTest, ExistingFileIsKeptWhenAskedFor) {
  const TempDir dir;
  ASSERT_TRUE(WriteFileAtomically(dir.File("key"), "first", 0600, IfExists::kRefuse).ok());
  const absl::Status status = WriteFileAtomically(dir.File("key"), "second", 0600, IfExists::kRefuse);
  EXPECT_EQ(ReasonOf(status), "FILE_EXISTS");
  EXPECT_EQ(*ReadFile(dir.File("key"), 100), "first");
  EXPECT_EQ(FilesIn(dir.path()), 1u);
}

TEST(FilesTest, RacingWritersNeverMixTheirBytes) {
  const TempDir dir;
  const auto write = [&](char c) {
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(WriteFileAtomically(dir.File("a"), std::string(5000, c), 0644).ok());
    }
  };
  std::thread other(write, 'x');
  write('y');
  other.join();
  const std::string bytes = *ReadFile(dir.File("a"), 5000);
  EXPECT_EQ(bytes, std::string(5000, bytes[0]));
  EXPECT_EQ(FilesIn(dir.path()), 1u);
}

TEST(FilesTest, FileLargerThanItsLimitIsRefused) {
  const TempDir dir;
  const std::string bytes(200'000, 'x');
  ASSERT_TRUE(WriteFileAtomically(dir.File("a"), bytes, 0644).ok());
  EXPECT_EQ(*ReadFile(dir.File("a"), bytes.size()), bytes);
  EXPECT_EQ(ReasonOf(ReadFile(dir.File("a"), bytes.size() - 1).status()), "FILE_TOO_LARGE");
  EXPECT_EQ(ReasonOf(ReadFile(dir.File("a"), 0).status()), "FILE_TOO_LARGE");
}

TEST(FilesTest, EmptyFileIsEmpty) {
  const TempDir dir;
  ASSERT_TRUE(WriteFileAtomically(dir.File("a"), "", 0644).ok());
  EXPECT_EQ(*ReadFile(dir.File("a"), 0), "");
}

TEST(FilesTest, MissingFilesAndDirectoriesAreNotFound) {
  const TempDir dir;
  EXPECT_EQ(ReasonOf(ReadFile(dir.File("none"), 1).status()), "FILE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(ReadFile(dir.File("."), 1).status()), "FILE_NOT_READABLE");
  EXPECT_EQ(ReasonOf(ReadPrivateFile(dir.File("none"), 1).status()), "FILE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(WriteFileAtomically(dir.File("none/a"), "x", 0644)), "FILE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(SyncDirectory(dir.File("none"))), "FILE_NOT_FOUND");
}

TEST(FilesTest, SecretThatOthersCouldReadIsRefused) {
  const TempDir dir;
  for (const mode_t mode : {0640u, 0604u, 0620u, 0602u, 0610u, 0777u}) {
    ASSERT_TRUE(WriteFileAtomically(dir.File("key"), "secret", mode).ok());
    const auto read = ReadPrivateFile(dir.File("key"), 100);
    EXPECT_EQ(ReasonOf(read.status()), "KEY_FILE_EXPOSED") << std::oct << mode;
    EXPECT_TRUE(absl::IsPermissionDenied(read.status()));
  }
  for (const mode_t mode : {0600u, 0400u}) {
    ASSERT_TRUE(WriteFileAtomically(dir.File("key"), "secret", mode).ok());
    EXPECT_EQ(*ReadPrivateFile(dir.File("key"), 100), "secret");
  }
  EXPECT_EQ(ReasonOf(ReadPrivateFile(dir.File("key"), 5).status()), "FILE_TOO_LARGE");
}

TEST(FilesTest, DirectoryOfAPathIsWhatStandsBeforeItsLastSlash) {
  EXPECT_EQ(DirectoryOf("a"), ".");
  EXPECT_EQ(DirectoryOf("/a"), "/");
  EXPECT_EQ(DirectoryOf("a/b/c"), "a/b");
  EXPECT_EQ(DirectoryOf("/a/b"), "/a");
  EXPECT_EQ(DirectoryOf("a/b//"), "a");
  EXPECT_EQ(DirectoryOf("a/"), ".");
  EXPECT_EQ(DirectoryOf("/"), "/");
}

TEST(UniqueFdTest, MovedFromDescriptorIsNobodys) {
  UniqueFd first(dup(0));
  const int fd = first.get();
  UniqueFd second(std::move(first));
  EXPECT_FALSE(first.valid());
  EXPECT_EQ(second.get(), fd);
  UniqueFd third;
  third = std::move(second);
  EXPECT_EQ(third.get(), fd);
}

}  // namespace
}  // namespace touchstone
