#include "cli/qr.h"

#include <png.h>
#include <qrencode.h>

#include <cerrno>
#include <cstdint>
#include <memory>

#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::cli {

bool QrMatrix::At(int x, int y) const {
  return x >= 0 && y >= 0 && x < width && y < width && dark[static_cast<size_t>(y) * width + x];
}

absl::StatusOr<QrMatrix> EncodeQr(std::string_view text) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeData(static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(text.data()), 0,
                        QR_ECLEVEL_M),
      &QRcode_free);
  if (code == nullptr) {
    if (errno == ENOMEM) return absl::InternalError("there is no memory for a QR code");
    return InvalidInput("QR_TOO_LONG", "", "this does not fit a QR code");
  }
  QrMatrix matrix{code->width, {}};
  for (int i = 0; i < code->width * code->width; ++i) matrix.dark.push_back((code->data[i] & 1) != 0);
  return matrix;
}

std::string QrSvg(const QrMatrix& matrix) {
  const int side = matrix.width + 2 * kQuietZone;
  std::string path;
  for (int y = 0; y < matrix.width; ++y) {
    for (int x = 0; x < matrix.width; ++x) {
      if (!matrix.At(x, y)) continue;
      const int begin = x;
      while (matrix.At(x + 1, y)) ++x;
      path += fmt::format("M{} {}h{}v1h-{}z", begin + kQuietZone, y + kQuietZone, x + 1 - begin, x + 1 - begin);
    }
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {0}\" shape-rendering=\"crispEdges\">\n"
      "<rect width=\"{0}\" height=\"{0}\" fill=\"#fff\"/>\n<path fill=\"#000\" d=\"{1}\"/>\n</svg>\n",
      side, path);
}

absl::StatusOr<std::string> QrPng(const QrMatrix& matrix, int scale) {
  constexpr uint8_t kDark = 0x00;
  constexpr uint8_t kLight = 0xff;
  const int side = (matrix.width + 2 * kQuietZone) * scale;
  std::vector<uint8_t> pixels;
  pixels.reserve(static_cast<size_t>(side) * side);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      pixels.push_back(matrix.At(x / scale - kQuietZone, y / scale - kQuietZone) ? kDark : kLight);
    }
  }
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(side);
  image.height = static_cast<png_uint_32>(side);
  image.format = PNG_FORMAT_GRAY;
  std::string png(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = png.size();
  if (png_image_write_to_memory(&image, png.data(), &size, 0, pixels.data(), 0, nullptr) == 0) {
    return absl::InternalError(fmt::format("libpng: {}", image.message));
  }
  png.resize(size);
  return png;
}

std::string QrTerminal(const QrMatrix& matrix) {
  constexpr std::string_view kBlackOnWhite = "\x1b[30;107m";
  constexpr std::string_view kPlain = "\x1b[0m";
  std::string text;
  for (int y = -kQuietZone; y < matrix.width + kQuietZone; y += 2) {
    text += kBlackOnWhite;
    for (int x = -kQuietZone; x < matrix.width + kQuietZone; ++x) {
      const bool upper = matrix.At(x, y);
      const bool lower = matrix.At(x, y + 1);
      text += upper ? (lower ? "█" : "▀") : (lower ? "▄" : " ");
    }
    text.append(kPlain).append("\n");
  }
  return text;
}

}  // namespace touchstone::cli
