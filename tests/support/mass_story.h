// What is said of assays, work accounts and capacities, to be signed in a story.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/story.h"

namespace touchstone::testing {

/// An assay for one of the sides, or for both.
v1::Event AssayFor(v1::Assay::Standing standing, std::string_view lot_id, const v1::Fineness& fineness);
/// The same with a result for another element.
void AddElement(v1::Event& assay, std::string_view element, uint32_t ppm);

/// What seller and buyer settle on, by these entries.
v1::Event Settlement(const Story& story, std::string_view lot_id, const v1::Fineness& fineness,
                     const std::vector<uint64_t>& assay_indexes, const std::string& seller, const std::string& buyer);

/// An account, segregated and opened empty.
v1::Event Opening(v1::OpenAccount::Kind kind, std::string_view site_id);
v1::Event ChargeOf(std::string_view account_id, const std::vector<v1::LotPart>& inputs);
v1::Event DischargeOf(std::string_view account_id, const std::vector<v1::Output>& outputs);
v1::Event ClosingOf(std::string_view account_id, const std::vector<v1::Output>& counted = {});
/// The account that a statement opens.
std::string AccountOf(const Statement& opening);

/// So much fine gold, or dry ore, in so many days.
v1::OutputLimit GoldLimit(uint64_t amount_mg, uint32_t period_days);
v1::OutputLimit OreLimit(uint64_t amount_mg, uint32_t period_days);
/// The attestor says what a site, or the sites of a party, can yield; from more than two years ago until two years
/// hence.
Statement AttestCapacity(Story& story, const std::string& attestor, std::string_view subject_id,
                         const v1::OutputLimit& capacity);

/// The person of this name, as committed to by a registrar.
v1::Withheld RegistrantCalled(std::string_view name);

}  // namespace touchstone::testing
