#include "ledger/device.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/findings.h"

namespace touchstone::ledger {
namespace {

using Counters = google::protobuf::RepeatedField<uint64_t>;

/// The party of the first signer; empty for root.
std::string_view SignerOf(const Context& ctx) { return ctx.signers.empty() ? "" : ctx.signers.front().party_id; }

/// The counter has come: whether it was awaited.
bool TakeMissing(v1::DeviceRecord& record, uint64_t counter) {
  Counters& missing = *record.mutable_missing();
  const auto at = std::find(missing.begin(), missing.end(), counter);
  if (at == missing.end()) return false;
  missing.erase(at);
  return true;
}

/// Notes the counters between the highest and this one as missing, and gives up the lowest that do not fit.
void NoteMissing(v1::DeviceRecord& record, uint64_t counter) {
  Counters& missing = *record.mutable_missing();
  constexpr uint64_t kMost = limits::kMaxMissingCounters;
  uint64_t first = record.counter() + 1;
  if (counter - first > kMost) {
    first = counter - kMost;
    record.set_given_up(first - 1);
    missing.Clear();
  }
  for (uint64_t absent = first; absent < counter; ++absent) missing.Add(absent);
  const int surplus = missing.size() - limits::kMaxMissingCounters;
  if (surplus <= 0) return;
  record.set_given_up(missing.Get(surplus - 1));
  missing.erase(missing.begin(), missing.begin() + surplus);
}

/// Ruleset 1 kept no record of devices: one whose previous event is in the log goes on from there.
bool BeganEarlier(Context& ctx, const v1::DeviceState& device) {
  return !device.previous_event_id().empty() && ctx.draft.Find<v1::EventRecord>(device.previous_event_id()) != nullptr;
}

/// The device has got further than ever.
void GoOn(Context& ctx, v1::DeviceRecord& record, bool known) {
  const v1::DeviceState& device = ctx.event.device();
  if (device.counter() == record.counter() + 1) {
    if (device.previous_event_id() != record.event_id()) {
      AddFinding(ctx, v1::FINDING_CODE_DEVICE_FORKED, SignerOf(ctx),
                 fmt::format("event {} of the device names another predecessor than its event {}", device.counter(),
                             record.counter()));
    }
  } else if (known || !BeganEarlier(ctx, device)) {
    AddFinding(ctx, v1::FINDING_CODE_DEVICE_GAP, SignerOf(ctx),
               fmt::format("event {} of the device; of those before it {} was the last to come", device.counter(),
                           record.counter()));
    NoteMissing(record, device.counter());
  }
  if (ctx.event.occurred_at_us() < record.occurred_at_us()) {
    AddFinding(ctx, v1::FINDING_CODE_CLOCK_WRONG, SignerOf(ctx),
               fmt::format("it happened {} s before the device's previous event, says its clock",
                           (record.occurred_at_us() - ctx.event.occurred_at_us()) / 1'000'000));
  }
  record.set_counter(device.counter());
  record.set_event_id(std::string(ctx.event_id.view()));
  record.set_occurred_at_us(ctx.event.occurred_at_us());
}

}  // namespace

MaybeRejection CheckDevice(const Context& ctx) {
  if (!ctx.event.has_device()) return std::nullopt;
  const v1::DeviceState& device = ctx.event.device();
  if (!device.previous_event_id().empty() && device.previous_event_id().size() != crypto::Hash::kSize) {
    return Reject(v1::REASON_FIELD_INVALID, "device.previous_event_id", "32 bytes, or empty");
  }
  if (!ctx.rules.whole_domain || device.counter() != 0) return std::nullopt;
  return Reject(v1::REASON_FIELD_INVALID, "device.counter", "counts from 1");
}

void FollowDevice(Context& ctx) {
  if (!ctx.rules.whole_domain || !ctx.event.has_device()) return;
  const v1::DeviceState& device = ctx.event.device();
  const std::string& key = ctx.event.signer_keys(0);
  const bool known = ctx.draft.Find<v1::DeviceRecord>(key) != nullptr;
  v1::DeviceRecord& record = ctx.draft.ChangeOrCreate<v1::DeviceRecord>(key);
  if (device.counter() > record.counter()) {
    GoOn(ctx, record, known);
  } else if (device.counter() > record.given_up() && !TakeMissing(record, device.counter())) {
    AddFinding(ctx, v1::FINDING_CODE_DEVICE_FORKED, SignerOf(ctx),
               fmt::format("event {} of the device came before, and was another", device.counter()));
  }
  if (device.checkpoint_size() > ctx.admission.index) {
    AddFinding(ctx, v1::FINDING_CODE_CLOCK_WRONG, SignerOf(ctx),
               fmt::format("the device saw a checkpoint of {} entries; the log has {}", device.checkpoint_size(),
                           ctx.admission.index));
  } else {
    record.set_checkpoint_size(std::max(record.checkpoint_size(), device.checkpoint_size()));
  }
}

}  // namespace touchstone::ledger
