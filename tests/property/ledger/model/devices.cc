// What offline devices say of their own past.
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {
namespace {

constexpr size_t kMostMissing = 64;

/// The device has got further than ever.
void GoOn(Case& c, const Id& signer, Device& device, bool known) {
  const v1::DeviceState& stated = c.event.device();
  const bool next = stated.counter() == device.counter + 1;
  // Ruleset 1 kept no record: a device may go on from any event of the log that it then made.
  const bool goes_on = !known && c.world.entries.count(stated.previous_event_id()) != 0;
  if (next && stated.previous_event_id() != device.event_id) c.Found(v1::FINDING_CODE_DEVICE_FORKED, signer);
  if (!next && !goes_on) {
    c.Found(v1::FINDING_CODE_DEVICE_GAP, signer);
    const uint64_t first =
        stated.counter() - device.counter > 2 * kMostMissing ? stated.counter() - 2 * kMostMissing : device.counter + 1;
    for (uint64_t counter = first; counter < stated.counter(); ++counter) device.missing.insert(counter);
    while (device.missing.size() > kMostMissing) {
      device.given_up = *device.missing.begin();
      device.missing.erase(device.missing.begin());
    }
  }
  if (stated.counter() > 1 && c.event.occurred_at_us() < device.occurred_at_us) {
    c.Found(v1::FINDING_CODE_CLOCK_WRONG, signer);
  }
  device.counter = stated.counter();
  device.event_id = std::string(c.event_id.view());
  device.occurred_at_us = c.event.occurred_at_us();
}

}  // namespace

void JudgeDevice(Case& c) {
  if (!c.event.has_device()) return;
  const size_t size = c.event.device().previous_event_id().size();
  c.Need(size == 0 || size == 32, v1::REASON_FIELD_INVALID);
  c.Need(c.event.device().counter() != 0 || c.world.ledger.ruleset == 1, v1::REASON_FIELD_INVALID);
}

void DoDevice(Case& c) {
  if (!c.event.has_device() || c.world.ledger.ruleset == 1) return;
  const v1::DeviceState& stated = c.event.device();
  const Key* key = Find(c.world.keys, c.event.signer_keys(0));
  const Id signer = key == nullptr ? Id() : key->party;
  const bool known = c.world.devices.count(c.event.signer_keys(0)) != 0;
  Device& device = c.world.devices[c.event.signer_keys(0)];
  if (stated.counter() > device.counter) {
    GoOn(c, signer, device, known);
  } else if (stated.counter() > device.given_up && device.missing.erase(stated.counter()) == 0) {
    c.Found(v1::FINDING_CODE_DEVICE_FORKED, signer);
  }
  if (stated.checkpoint_size() > c.index) c.Found(v1::FINDING_CODE_CLOCK_WRONG, signer);
}

}  // namespace touchstone::ledger::model
