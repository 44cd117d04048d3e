// QR codes, as pictures and on a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace touchstone::cli {

/// The modules of a QR code (ISO/IEC 18004), without the quiet zone around it.
struct QrMatrix {
  int width = 0;  // modules on each side
  std::vector<bool> dark;

  /// Whether a module is dark; those outside the code are light.
  bool At(int x, int y) const;
};

/// Light modules that a reader needs on every side.
inline constexpr int kQuietZone = 4;

/// Encodes bytes at error correction level M: up to 15 % of them may be unreadable. QR_TOO_LONG (INVALID_ARGUMENT) for
/// more than fits the largest code.
absl::StatusOr<QrMatrix> EncodeQr(std::string_view text);

/// An SVG document, one unit a module, with the quiet zone.
std::string QrSvg(const QrMatrix& matrix);

/// A PNG picture in shades of grey, `scale` pixels a module, with the quiet zone. Internal when libpng fails.
absl::StatusOr<std::string> QrPng(const QrMatrix& matrix, int scale);

/// Lines of half blocks in UTF-8, two rows of modules a line, black on white whatever the terminal's colours, with the
/// quiet zone.
std::string QrTerminal(const QrMatrix& matrix);

}  // namespace touchstone::cli
