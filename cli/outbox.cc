#include "cli/outbox.h"

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <set>

#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "cli/append.h"
#include "fmt/format.h"
#include "ledger/created.h"
#include "ledger/envelope.h"
#include "ledger/named_ids.h"

namespace touchstone::cli {
namespace {

absl::Status BadLine(size_t line, std::string_view why) {
  return InvalidInput("BAD_OUTBOX", fmt::format("line {}", line), why);
}

absl::StatusOr<OutboxEvent> ParseLine(size_t line, std::string_view text) {
  OutboxEvent parsed;
  parsed.line = line;
  const absl::StatusOr<std::string> bytes = Base64Decode(text);
  if (!bytes.ok()) return BadLine(line, "not base64");
  parsed.envelope_bytes = *bytes;
  if (!parsed.envelope.ParseFromString(*bytes)) return BadLine(line, "not an envelope");
  if (!parsed.event.ParseFromString(parsed.envelope.payload()) || parsed.event.body_case() == v1::Event::BODY_NOT_SET) {
    return BadLine(line, "the envelope carries no event");
  }
  parsed.event_id = ledger::EventId(parsed.envelope.payload());
  return parsed;
}

/// What others may need of this event: the ids it makes, and the keys it brings in.
std::vector<std::string> Provides(const OutboxEvent& event) {
  std::vector<std::string> provided = ledger::CreatedIds(event.event, event.event_id);
  for (const std::string& key : event.event.register_party().keys()) provided.push_back(key);
  if (event.event.has_add_key()) provided.push_back(event.event.add_key().key());
  return provided;
}

std::set<std::string> Needs(const OutboxEvent& event) {
  std::set<std::string> needed = ledger::IdsNamedIn(event.event);
  needed.insert(event.event.signer_keys().begin(), event.event.signer_keys().end());
  return needed;
}

}  // namespace

absl::StatusOr<std::vector<OutboxEvent>> ParseOutbox(std::string_view text) {
  std::vector<OutboxEvent> events;
  size_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (line.empty() || line.front() == '#') continue;
    TS_ASSIGN_OR_RETURN(OutboxEvent event, ParseLine(number, line));
    events.push_back(std::move(event));
  }
  return events;
}

absl::StatusOr<std::vector<OutboxEvent>> LoadOutbox(const std::string& path) {
  TS_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, limits::kMaxOutboxBytes));
  return ParseOutbox(text);
}

absl::Status AppendToOutbox(const std::string& path, std::string_view envelope_bytes) {
  return AppendLine(path, Base64Encode(envelope_bytes));
}

absl::Status WriteOutbox(const std::string& path, const std::vector<OutboxEvent>& events) {
  std::string text;
  for (const OutboxEvent& event : events) text += Base64Encode(event.envelope_bytes) + "\n";
  constexpr mode_t kOwnerOnly = 0600;
  return WriteFileAtomically(path, text, kOwnerOnly);
}

std::vector<std::vector<size_t>> Prerequisites(const std::vector<OutboxEvent>& events) {
  std::map<std::string, size_t> provider;
  for (size_t i = 0; i < events.size(); ++i) {
    for (std::string& provided : Provides(events[i])) provider.emplace(std::move(provided), i);
  }
  std::vector<std::vector<size_t>> prerequisites(events.size());
  for (size_t i = 0; i < events.size(); ++i) {
    std::set<size_t> found;
    for (const std::string& needed : Needs(events[i])) {
      const auto it = provider.find(needed);
      if (it != provider.end() && it->second != i) found.insert(it->second);
    }
    prerequisites[i].assign(found.begin(), found.end());
  }
  return prerequisites;
}

std::vector<size_t> DependencyOrder(const std::vector<std::vector<size_t>>& prerequisites) {
  const size_t count = prerequisites.size();
  std::vector<std::vector<size_t>> dependents(count);
  std::vector<size_t> missing(count);
  std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
  for (size_t i = 0; i < count; ++i) {
    missing[i] = prerequisites[i].size();
    for (const size_t needed : prerequisites[i]) dependents[needed].push_back(i);
    if (missing[i] == 0) ready.push(i);
  }
  std::vector<size_t> order;
  while (!ready.empty()) {
    const size_t next = ready.top();
    ready.pop();
    order.push_back(next);
    for (const size_t dependent : dependents[next]) {
      if (--missing[dependent] == 0) ready.push(dependent);
    }
  }
  // Ids are hashes, so they cannot form a circle; keys can (two parties that add each other's keys). The ledger judges
  // those in the order of the file.
  for (size_t i = 0; i < count; ++i) {
    if (missing[i] != 0) order.push_back(i);
  }
  return order;
}

std::vector<std::string> MissingSigners(const OutboxEvent& event) {
  std::set<std::string> missing(event.event.signer_keys().begin(), event.event.signer_keys().end());
  for (const v1::Signature& signature : event.envelope.signatures()) missing.erase(signature.key());
  return {missing.begin(), missing.end()};
}

}  // namespace touchstone::cli
