// Where there is no libFuzzer: gives a fuzz target every file of a corpus, every shorter beginning of each, and each
// with every single bit flipped. The same inputs in the same order every time.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

// Beyond this, a file is tried as it is only: the mutations of one input cost the square of its size.
constexpr size_t kMaxMutatedBytes = 4'096;

size_t tried = 0;

void Try(const std::string& input) {
  // A copy of exactly this size, so that AddressSanitizer sees a read past the end.
  const std::vector<uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  ++tried;
}

void TryAround(std::string input) {
  Try(input);
  if (input.size() > kMaxMutatedBytes) return;
  for (size_t size = 0; size < input.size(); ++size) Try(input.substr(0, size));
  for (char& byte : input) {
    for (int bit = 0; bit < 8; ++bit) {
      const char whole = byte;
      byte = static_cast<char>(byte ^ (1 << bit));
      Try(input);
      byte = whole;
    }
  }
}

std::vector<std::filesystem::path> FilesIn(const char* folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
    return 2;
  }
  const std::vector<std::filesystem::path> files = FilesIn(argv[1]);
  for (const std::filesystem::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    TryAround(std::string(std::istreambuf_iterator<char>(stream), {}));
  }
  std::printf("tried %zu inputs around %zu files\n", tried, files.size());
  return files.empty() ? 1 : 0;
}
