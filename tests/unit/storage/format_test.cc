// FORMAT.md must tell the truth: its example is compared with what the code writes.
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/files.h"
#include "storage/mark.h"
#include "storage/testing.h"
#include "tests/support/temp_dir.h"
#include "tests/support/toy_ledger.h"

namespace touchstone::storage {
namespace {

using namespace touchstone::testing;

/// The ledger of the example: two entries in one batch, one refusal, one parked event, the mark of the checkpoint that
/// followed.
void MakeExample(const std::string& dir) {
  ToyLedger ledger;
  const auto store =
      Store::Create(dir, {.origin = "example.org/gold", .genesis_id = crypto::Sha256("genesis")}, SmallOptions());
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_TRUE((*store)->Commit(ledger.Next({"put lot 24.5", "put bar 995"})).ok());
  ASSERT_TRUE(*(*store)->AddRefusal({"double", "put lot 24.5"}));
  ASSERT_TRUE((*store)->ChangeParked({{std::string(8, '\0'), "put ring 750"}}, /*synced=*/true).ok());
  auto mark = MarkFile::Open(MarkPath(dir));
  ASSERT_TRUE(mark.ok() && mark->Advance({.size = 2, .root = (*store)->Root()}).ok());
}

/// One line for each record: family, key and value in hexadecimal; then the first slot of the mark.
std::string Dump(const std::string& dir) {
  const auto all = ReadRecords(dir);
  EXPECT_TRUE(all.ok()) << all.status();
  std::string text;
  for (const auto& [family, records] : *all) {
    for (const auto& [key, value] : records) {
      text.append(FamilyName(family)).append(" ").append(HexEncode(key)).append(" ").append(HexEncode(value)) += '\n';
    }
  }
  return text.append("mark ").append(HexEncode(ReadFile(MarkPath(dir), 1 << 20)->substr(0, 64))) += '\n';
}

TEST(FormatTest, ExampleInTheDocumentIsWhatTheCodeWrites) {
  const TempDir dir;
  MakeExample(dir.File("ledger"));
  const auto document = ReadFile("storage/FORMAT.md", 1 << 20);
  ASSERT_TRUE(document.ok()) << document.status() << " (the test runs in the project's root)";
  const size_t begin = document->find("```example\n");
  ASSERT_NE(begin, std::string::npos);
  const size_t first = begin + std::string_view("```example\n").size();
  const std::string example = document->substr(first, document->find("```", first) - first);
  EXPECT_EQ(example, Dump(dir.File("ledger")));
}

}  // namespace
}  // namespace touchstone::storage
