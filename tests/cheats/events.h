// Events that stories tell beside those of tests/support/story.h, before they are signed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/story.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::cheats {

inline constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

/// An event of a story with something changed in it, to be signed anew.
template <typename Change>
v1::Event With(const testing::Statement& statement, const Change& change) {
  v1::Event event = statement.event;
  change(event);
  return event;
}

/// A commitment to `value`, the same wherever it is made.
v1::Withheld Secret(std::string_view value);

/// A party with a key of its own, and who is behind it: parties that own it, natural persons.
v1::RegisterParty PartyWith(std::string_view name, const std::vector<v1::Role>& roles,
                            const std::vector<std::string>& owner_party_ids, const std::vector<std::string>& persons);

/// Seen just now, in force for a year from then on.
v1::Event Attestation(testing::Story& story, v1::Scope scope, std::string_view subject_id);
/// That so much fine gold can come out in 30 days.
v1::Event Capacity(testing::Story& story, std::string_view subject_id, uint64_t fine_mg);
v1::OutputLimit FineLimit(uint64_t fine_mg);

v1::Event DistrustKey(std::string_view actor, uint64_t from_index);

/// Gold from outside, at this fineness.
v1::Event Intake(v1::Intake::Door door, const v1::Material& material);
/// What is done to `inputs` at a site, in the second before now.
v1::Event Process(const testing::Story& story, std::string_view site_id, const std::vector<v1::LotPart>& inputs,
                  const std::vector<v1::Material>& outputs, v1::ProcessRoute route);
v1::Material Ore(v1::Form form, uint64_t dry_mg);

/// A laboratory's result, with what it found of other elements, ascending by symbol.
v1::Event Assay(std::string_view lot_id, uint32_t ppm, v1::Assay::Standing standing,
                const std::vector<std::pair<std::string, uint32_t>>& elements = {});
v1::Event Settle(const testing::Story& story, std::string_view lot_id, uint32_t ppm,
                 const std::vector<uint64_t>& assays, const std::string& seller, const std::string& buyer);

v1::Event Pack(const std::vector<std::string>& lot_ids, std::string_view seal);
v1::ReceivedMass Received(std::string_view lot_id, uint64_t gross_mg, std::string_view seal = "");

v1::Event OpenAccount(v1::OpenAccount::Kind kind, std::string_view site_id);
v1::Event Charge(std::string_view account_id, const std::vector<v1::LotPart>& inputs);
v1::Event Discharge(std::string_view account_id, const std::vector<v1::Output>& outputs);
v1::Event CloseAccount(std::string_view account_id);

/// Reads the entry at `index` as `replacement` says.
v1::Event Correct(uint64_t index, const testing::Statement& original, const v1::Event& replacement);

v1::Piece Ring(std::string_view serial, uint64_t metal_mg, uint32_t ppm = 995'000);

}  // namespace touchstone::cheats
