// RFC 1952, by zlib.
#pragma once

#include <string>
#include <string_view>

namespace touchstone::services {

/// `bytes` compressed as one gzip member without a time: the same bytes give the same member.
std::string Gzip(std::string_view bytes);

}  // namespace touchstone::services
