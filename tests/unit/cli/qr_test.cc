#include "cli/qr.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include <regex>
#include <string>
#include <vector>

#include "base/status.h"

namespace touchstone::cli {
namespace {

constexpr char kAddress[] = "https://id.jeweler.example/8004/95212344MUEDARN657FRRBOZ4RY";

/// A finder pattern: a ring of dark modules around a ring of light ones around a dark square.
void ExpectFinder(const QrMatrix& matrix, int left, int top) {
  for (int y = -1; y <= 7; ++y) {
    for (int x = -1; x <= 7; ++x) {
      if (x + left < 0 || y + top < 0 || x + left >= matrix.width || y + top >= matrix.width) continue;
      const int ring = std::max(std::abs(x - 3), std::abs(y - 3));
      EXPECT_EQ(matrix.At(left + x, top + y), ring == 3 || ring < 2) << left << " " << top << " " << x << " " << y;
    }
  }
}

/// The modules of a picture with its quiet zone, row by row.
std::vector<bool> WithQuietZone(const QrMatrix& matrix) {
  std::vector<bool> modules;
  for (int y = -kQuietZone; y < matrix.width + kQuietZone; ++y) {
    for (int x = -kQuietZone; x < matrix.width + kQuietZone; ++x) modules.push_back(matrix.At(x, y));
  }
  return modules;
}

TEST(Qr, HasTheShapeOfTheStandard) {
  for (const std::string& text : {std::string("x"), std::string(kAddress), std::string(300, 'g')}) {
    const QrMatrix matrix = EncodeQr(text).value();
    ASSERT_EQ(matrix.dark.size(), static_cast<size_t>(matrix.width) * matrix.width);
    EXPECT_GE(matrix.width, 21);
    EXPECT_EQ(matrix.width % 4, 1);
    ExpectFinder(matrix, 0, 0);
    ExpectFinder(matrix, matrix.width - 7, 0);
    ExpectFinder(matrix, 0, matrix.width - 7);
    for (int i = 8; i < matrix.width - 8; ++i) {
      EXPECT_EQ(matrix.At(i, 6), i % 2 == 0);
      EXPECT_EQ(matrix.At(6, i), i % 2 == 0);
    }
    EXPECT_TRUE(matrix.At(8, matrix.width - 8));
  }
}

TEST(Qr, StatesErrorCorrectionLevelM) {
  const QrMatrix matrix = EncodeQr(kAddress).value();
  // The first two format bits, unmasked by 101010000010010, are 00 for M.
  EXPECT_EQ(matrix.At(0, 8), true);
  EXPECT_EQ(matrix.At(1, 8), false);
}

TEST(Qr, RefusesWhatFitsNoCode) {
  EXPECT_EQ(ReasonOf(EncodeQr(std::string(3'000, 'g')).status()), "QR_TOO_LONG");
  EXPECT_EQ(ReasonOf(EncodeQr("").status()), "QR_TOO_LONG");
}

TEST(Qr, DrawsEveryModuleOnTheTerminal) {
  const QrMatrix matrix = EncodeQr(kAddress).value();
  const int side = matrix.width + 2 * kQuietZone;
  std::vector<bool> upper;
  std::vector<bool> lower;
  std::vector<bool> drawn;
  const std::string text = QrTerminal(matrix);
  for (size_t i = 0; i < text.size();) {
    const auto take = [&](std::string_view piece) {
      const bool found = std::string_view(text).substr(i).starts_with(piece);
      if (found) i += piece.size();
      return found;
    };
    if (take("\x1b[30;107m")) continue;
    if (take("\x1b[0m\n")) {
      ASSERT_EQ(upper.size(), static_cast<size_t>(side));
      drawn.insert(drawn.end(), upper.begin(), upper.end());
      drawn.insert(drawn.end(), lower.begin(), lower.end());
      upper.clear();
      lower.clear();
    } else if (take("█")) {
      upper.push_back(true), lower.push_back(true);
    } else if (take("▀")) {
      upper.push_back(true), lower.push_back(false);
    } else if (take("▄")) {
      upper.push_back(false), lower.push_back(true);
    } else {
      ASSERT_TRUE(take(" ")) << i;
      upper.push_back(false), lower.push_back(false);
    }
  }
  drawn.resize(static_cast<size_t>(side) * side);
  EXPECT_EQ(drawn, WithQuietZone(matrix));
}

TEST(Qr, DrawsEveryModuleAsSvg) {
  const QrMatrix matrix = EncodeQr(kAddress).value();
  const std::string svg = QrSvg(matrix);
  const int side = matrix.width + 2 * kQuietZone;
  EXPECT_THAT(svg, ::testing::HasSubstr("viewBox=\"0 0 " + std::to_string(side) + " " + std::to_string(side) + "\""));
  std::vector<bool> drawn(static_cast<size_t>(side) * side);
  const std::regex run("M(\\d+) (\\d+)h(\\d+)v1h-(\\d+)z");
  for (std::sregex_iterator match(svg.begin(), svg.end(), run), end; match != end; ++match) {
    EXPECT_EQ((*match)[3], (*match)[4]);
    const int from = std::stoi((*match)[2]) * side + std::stoi((*match)[1]);
    for (int i = 0; i < std::stoi((*match)[3]); ++i) drawn.at(static_cast<size_t>(from + i)) = true;
  }
  EXPECT_EQ(drawn, WithQuietZone(matrix));
}

TEST(Qr, DrawsEveryModuleAsPng) {
  constexpr int kScale = 3;
  const QrMatrix matrix = EncodeQr(kAddress).value();
  const std::string png = QrPng(matrix, kScale).value();
  EXPECT_TRUE(png.starts_with("\x89PNG\r\n\x1a\n"));
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  ASSERT_NE(png_image_begin_read_from_memory(&image, png.data(), png.size()), 0) << image.message;
  const int side = matrix.width + 2 * kQuietZone;
  ASSERT_EQ(image.width, static_cast<png_uint_32>(side * kScale));
  ASSERT_EQ(image.height, image.width);
  image.format = PNG_FORMAT_GRAY;
  std::vector<uint8_t> pixels(PNG_IMAGE_SIZE(image));
  ASSERT_NE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr), 0) << image.message;
  for (int y = 0; y < side * kScale; ++y) {
    for (int x = 0; x < side * kScale; ++x) {
      const bool dark = matrix.At(x / kScale - kQuietZone, y / kScale - kQuietZone);
      ASSERT_EQ(pixels[static_cast<size_t>(y) * side * kScale + x], dark ? 0 : 255) << x << " " << y;
    }
  }
}

}  // namespace
}  // namespace touchstone::cli
