#include "services/gateway/http_head.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/ascii.h"
#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::services {
namespace {

absl::Status Refuse(int status, std::string_view message) {
  return InvalidInput(fmt::format("HTTP_{}", status), "", message);
}

/// RFC 9110 section 5.6.2.
bool IsToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || kMarks.find(c) != std::string_view::npos;
  });
}

bool IsControl(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower;
}

absl::Status ReadRequestLine(std::string_view line, HttpHead& head) {
  if (line.size() > limits::kMaxHttpLineBytes) return Refuse(414, "the request line has more than 8,192 bytes");
  const size_t first = line.find(' ');
  const size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos || line.find(' ', second + 1) != std::string_view::npos) {
    return Refuse(400, "a request line is METHOD /path HTTP/1.1");
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);
  if (!IsToken(method) || !target.starts_with('/')) return Refuse(400, "a request line is METHOD /path HTTP/1.1");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return Refuse(505, "this server speaks HTTP/1.1");
  if (method != "GET" && method != "HEAD" && method != "POST") {
    return Refuse(405, "there is GET, HEAD and POST here, and nothing else");
  }
  head.request_line = line;
  head.method = method;
  head.keeps_alive = version == "HTTP/1.1";
  return absl::OkStatus();
}

absl::Status ReadField(std::string_view line, HttpHead& head) {
  if (line.size() > limits::kMaxHttpLineBytes) return Refuse(431, "a header field has more than 8,192 bytes");
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) {
    return Refuse(400, "a header field is Name: value, on one line");
  }
  head.fields.emplace_back(Lower(line.substr(0, colon)), Trim(line.substr(colon + 1)));
  return absl::OkStatus();
}

absl::Status ReadLength(std::string_view text, HttpHead& head) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), head.content_length);
  if (text.empty() || end != text.data() + text.size() || error == std::errc::invalid_argument) {
    return Refuse(400, "Content-Length is one decimal number");
  }
  if (error != std::errc() || head.content_length > limits::kMaxHttpBodyBytes) {
    return Refuse(413, fmt::format("a body has at most {} bytes", limits::kMaxHttpBodyBytes));
  }
  return absl::OkStatus();
}

/// What the fields say about how the message goes on.
absl::Status ReadFraming(HttpHead& head) {
  size_t hosts = 0;
  size_t lengths = 0;
  for (const auto& [name, value] : head.fields) {
    if (name == "transfer-encoding") return Refuse(411, "send the body with Content-Length, and not in chunks");
    if (name == "host") ++hosts;
    if (name == "content-length") {
      ++lengths;
      TS_RETURN_IF_ERROR(ReadLength(value, head));
    }
    if (name == "connection") {
      const std::string wish = Lower(value);
      if (wish.find("close") != std::string::npos) head.keeps_alive = false;
      if (wish.find("keep-alive") != std::string::npos) head.keeps_alive = true;
    }
    if (name == "expect") {
      if (Lower(value) != "100-continue") return Refuse(417, "Expect is 100-continue, or absent");
      head.expects_continue = true;
    }
  }
  if (lengths > 1) return Refuse(400, "Content-Length comes once");
  if (hosts > 1 || (hosts == 0 && head.request_line.ends_with("HTTP/1.1"))) return Refuse(400, "Host comes once");
  if (head.method == "POST" && lengths == 0) return Refuse(411, "POST needs Content-Length");
  if (head.method != "POST" && head.content_length > 0) return Refuse(400, "GET and HEAD have no body");
  return absl::OkStatus();
}

}  // namespace

size_t EndOfHead(std::string_view bytes) {
  const size_t at = bytes.find("\r\n\r\n");
  return at == std::string_view::npos ? at : at + 4;
}

absl::StatusOr<HttpHead> ParseHead(std::string_view bytes) {
  HttpHead head;
  bool first = true;
  while (!bytes.empty()) {
    const size_t end = bytes.find("\r\n");
    if (end == std::string_view::npos) return Refuse(400, "lines end in CR LF");
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end + 2);
    if (line.empty() && !first) break;
    if (std::any_of(line.begin(), line.end(), IsControl)) return Refuse(400, "the head has control characters");
    TS_RETURN_IF_ERROR(first ? ReadRequestLine(line, head) : ReadField(line, head));
    first = false;
  }
  if (first) return Refuse(400, "there is no request line");
  TS_RETURN_IF_ERROR(ReadFraming(head));
  return head;
}

}  // namespace touchstone::services
