// touchstone party: organisations, their roles, keys, offices and accreditations.
#include "base/encoding.h"
#include "cli/commands/commands.h"
#include "cli/commands/registry.h"
#include "cli/emit.h"
#include "cli/keys.h"
#include "cli/material_spec.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

/// The schema wants these lists ascending; people type them in any order.
void SortParty(v1::RegisterParty& party) {
  SortUnique(party.mutable_roles());
  SortUnique(party.mutable_keys());
  std::sort(party.mutable_interests()->begin(), party.mutable_interests()->end(),
            [](const v1::Interest& a, const v1::Interest& b) { return a.party_id() < b.party_id(); });
}

void AddRegister(CommandTree& tree, CLI::App* group) {
  auto event = std::make_shared<v1::Event>();
  v1::RegisterParty* party = event->mutable_register_party();
  CLI::App* command = AddCommand(
      tree, group, "register", "Register an organisation; signed by a registrar or root",
      "party register --name 'Mina Clara' --country PE --role miner --public-key $(touchstone key show mine.key) "
      "--key registrar.key",
      [event, party](Context& context) {
        SortParty(*party);
        return Emit(context, *event);
      });
  AddText(command, "--name", "NAME", "As registered", party->mutable_name())->required();
  AddText(command, "--country", "CC", "ISO 3166-1 alpha-2, as PE", party->mutable_country())->required();
  AddWords<v1::Role>(command, "--role", "What it does in the chain; repeatable", [party](v1::Role role) {
    party->add_roles(role);
  })->required();
  AddValues<crypto::PublicKey>(command, "--public-key", "HEX", "Key it signs with; repeatable", &ParsePublicKey,
                               [party](const crypto::PublicKey& key) { party->add_keys(std::string(key.view())); });
  AddText(command, "--member-of", "PARTY", "Cooperative that may sign on its behalf",
          party->mutable_member_of_party_id());
  AddValues<v1::Interest>(command, "--interest", "PARTY=PERCENT", "Declared owner or parent and its share; repeatable",
                          &ParseInterest,
                          [party](const v1::Interest& interest) { *party->add_interests() = interest; });
  AddText(command, "--registry-reference", "TEXT", "Commercial register or tax number",
          party->mutable_registry_reference());
}

void AddOffices(CommandTree& tree, CLI::App* group) {
  const EventCommand appoint = AddEventCommand(tree, group, "appoint", "Give a party an office; signed by root",
                                               "party appoint party_abc registrar --key root.key");
  v1::Appoint* appointed = appoint.event->mutable_appoint();
  AddText(appoint.command, "party", "PARTY", "The party", appointed->mutable_party_id())->required();
  AddWord<v1::Office>(appoint.command, "office", "The office", [appointed](v1::Office o) {
    appointed->set_office(o);
  })->required();

  const EventCommand end = AddEventCommand(
      tree, group, "end-appointment", "Take an office back; signed by root",
      "party end-appointment party_abc registrar --cause withdrawn --effective 2025-07-01 --key root.key");
  v1::EndAppointment* ended = end.event->mutable_end_appointment();
  AddText(end.command, "party", "PARTY", "The party", ended->mutable_party_id())->required();
  AddWord<v1::Office>(end.command, "office", "The office", [ended](v1::Office o) { ended->set_office(o); })->required();
  AddEnding(end, ended);
}

void AddAccreditation(CommandTree& tree, CLI::App* group) {
  auto event = std::make_shared<v1::Event>();
  v1::Accredit* accredited = event->mutable_accredit();
  CLI::App* accredit = AddCommand(
      tree, group, "accredit", "Let a party attest within scopes; signed by an accreditor",
      "party accredit party_abc --scope formalization --from 2025-01-01 --until 2028-01-01 --key accreditor.key",
      [event, accredited](Context& context) {
        SortUnique(accredited->mutable_scopes());
        return Emit(context, *event);
      });
  AddText(accredit, "party", "PARTY", "The party", accredited->mutable_party_id())->required();
  AddWords<v1::Scope>(accredit, "--scope", "What it may attest; repeatable", [accredited](v1::Scope scope) {
    accredited->add_scopes(scope);
  })->required();
  AddValidity(accredit, accredited);
  AddText(accredit, "--reference", "TEXT", "Reference of the accreditation body", accredited->mutable_reference());

  const EventCommand end = AddEventCommand(
      tree, group, "end-accreditation", "End an accreditation; signed by an accreditor",
      "party end-accreditation party_abc formalization --cause suspended --effective 2025-07-01 --key accreditor.key");
  v1::EndAccreditation* ended = end.event->mutable_end_accreditation();
  AddText(end.command, "party", "PARTY", "The party", ended->mutable_party_id())->required();
  AddWord<v1::Scope>(end.command, "scope", "The scope", [ended](v1::Scope scope) {
    ended->set_scope(scope);
  })->required();
  AddEnding(end, ended);
}

void AddKeys(CommandTree& tree, CLI::App* group) {
  const EventCommand add = AddEventCommand(tree, group, "add-key", "Add a key; signed by the party or a registrar",
                                           "party add-key party_abc $(touchstone key show new.key) --key old.key");
  v1::AddKey* added = add.event->mutable_add_key();
  AddText(add.command, "party", "PARTY", "The party", added->mutable_party_id())->required();
  AddValue<crypto::PublicKey>(add.command, "public-key", "HEX", "The new public key", &ParsePublicKey,
                              [added](const crypto::PublicKey& key) { added->set_key(std::string(key.view())); })
      ->required();

  const EventCommand retire =
      AddEventCommand(tree, group, "retire-key", "Retire a key: it signs nothing any more, what it signed stands",
                      "party retire-key party_abc 0f3c... --key new.key");
  v1::RetireKey* retired = retire.event->mutable_retire_key();
  AddText(retire.command, "party", "PARTY", "The party", retired->mutable_party_id())->required();
  AddValue<crypto::PublicKey>(retire.command, "public-key", "HEX", "The public key", &ParsePublicKey,
                              [retired](const crypto::PublicKey& key) { retired->set_key(std::string(key.view())); })
      ->required();
}

std::string PartyLine(const v1::PartyRecord& party) {
  std::vector<std::string> roles;
  for (const int role : party.roles()) roles.push_back(WordFor(static_cast<v1::Role>(role)));
  return fmt::format("{}  {}  {}  {}", party.party_id(), party.country(), party.name(), fmt::join(roles, ","));
}

absl::StatusOr<ExitCode> Show(Context& context, const std::string& party) {
  v1::GetPartyRequest request;
  // A party may be named by one of its keys, which is what a person has at hand.
  if (const absl::StatusOr<crypto::PublicKey> key = ParsePublicKey(party); key.ok()) {
    request.set_key(std::string(key->view()));
  } else {
    request.set_party_id(party);
  }
  TS_ASSIGN_OR_RETURN(const v1::GetPartyResponse answer, context.client().GetParty(request));
  return ShowRecord(context, answer.party(), answer.as_of_size());
}

absl::StatusOr<ExitCode> List(Context& context) {
  TS_ASSIGN_OR_RETURN(const std::vector<v1::PartyRecord> parties,
                      ListAll<v1::PartyRecord>(
                          v1::ListPartiesRequest(),
                          [&](const v1::ListPartiesRequest& request) { return context.client().ListParties(request); },
                          [](const v1::ListPartiesResponse& page) -> auto& { return page.parties(); }));
  return PrintList(context, parties, PartyLine);
}

}  // namespace

void AddPartyCommands(CommandTree& tree) {
  CLI::App* group = AddGroup(tree, "party", "Organisations: who they are and what they may do");
  AddRegister(tree, group);
  AddOffices(tree, group);
  AddAccreditation(tree, group);
  AddKeys(tree, group);

  auto shown = std::make_shared<std::string>();
  CLI::App* show = AddCommand(tree, group, "show", "Print a party", "party show party_abc",
                              [shown](Context& context) { return Show(context, *shown); });
  AddText(show, "party", "PARTY|HEX", "The party, or one of its public keys", shown.get())->required();
  AddCommand(tree, group, "list", "Print all parties", "party list --json", &List);
}

}  // namespace touchstone::cli
