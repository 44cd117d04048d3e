#include "services/gateway/gzip.h"

#include <zlib.h>

#include "base/check.h"

namespace touchstone::services {

std::string Gzip(std::string_view bytes) {
  z_stream stream = {};
  // 15 bits of window, and 16 for the frame of gzip. Only a lack of memory, or another library than this was built
  // with, fails here.
  TS_CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  TS_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace touchstone::services
