// touchstone party: organisations, their roles, keys, offices and accreditations.
#include "base/encoding.h"
#include "cli/commands/commands.h"
#include "cli/commands/registry.h"
#include "cli/decimal.h"
#include "cli/disclosure.h"
#include "cli/emit.h"
#include "cli/keys.h"
#include "cli/material_spec.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

/// What people type about a party: the event, and the natural persons whose names stay out of it.
struct PartyOptions {
  v1::Event event;
  std::vector<std::string> owner_persons;
  std::string beneficial_owners;
  std::string disclosures_file;
};

/// The schema wants these lists ascending; people type them in any order.
template <typename Party>
void SortParty(Party& party) {
  SortUnique(party.mutable_roles());
  std::sort(party.mutable_interests()->begin(), party.mutable_interests()->end(),
            [](const v1::Interest& a, const v1::Interest& b) { return a.party_id() < b.party_id(); });
}

absl::StatusOr<ExitCode> Register(Context& context, const PartyOptions& options) {
  v1::Event event = options.event;
  v1::RegisterParty& party = *event.mutable_register_party();
  Random& random = context.environment().random;
  SortParty(party);
  SortUnique(party.mutable_keys());
  if (!options.beneficial_owners.empty()) {
    TS_ASSIGN_OR_RETURN(
        *party.mutable_beneficial_owners(),
        WithholdText(options.beneficial_owners, options.disclosures_file, "register_party.beneficial_owners", random));
  }
  TS_RETURN_IF_ERROR(WithholdTexts(options.owner_persons, options.disclosures_file, "register_party.owner_persons",
                                   random, *party.mutable_owner_persons()));
  return Emit(context, event);
}

absl::StatusOr<ExitCode> Update(Context& context, const PartyOptions& options) {
  v1::Event event = options.event;
  v1::UpdateParty& party = *event.mutable_update_party();
  SortParty(party);
  TS_RETURN_IF_ERROR(WithholdTexts(options.owner_persons, options.disclosures_file, "update_party.owner_persons",
                                   context.environment().random, *party.mutable_owner_persons()));
  return Emit(context, event);
}

/// The options that registration and update share; `all` says of a list that it replaces what was there.
template <typename Party>
void AddParticulars(CLI::App* command, PartyOptions* options, Party* party, const std::string& all) {
  AddText(command, "--member-of", "PARTY", "Cooperative that may sign on its behalf",
          party->mutable_member_of_party_id());
  AddValues<v1::Interest>(command, "--interest", "PARTY=PERCENT",
                          "Declared owner or parent and its share; repeatable" + all, &ParseInterest,
                          [party](const v1::Interest& interest) { *party->add_interests() = interest; });
  AddValues<v1::Withheld>(command, "--owner-person", "HEX",
                          "Natural person who owns or controls it, by the commitment made when it was first met; "
                          "repeatable" +
                              all,
                          &ParseCommitment,
                          [party](const v1::Withheld& person) { *party->add_owner_persons() = person; });
  AddValues<std::string>(command, "--withhold-owner-person", "TEXT",
                         "The same for a person who is met for the first time, kept out of the log; repeatable",
                         &ParseText, [options](const std::string& text) { options->owner_persons.push_back(text); });
  AddText(command, "--disclosures", "FILE", kDisclosuresHelp, &options->disclosures_file);
}

void AddRegister(CommandTree& tree, CLI::App* group) {
  auto options = std::make_shared<PartyOptions>();
  v1::RegisterParty* party = options->event.mutable_register_party();
  CLI::App* command = AddCommand(
      tree, group, "register", "Register an organisation; signed by a registrar or root",
      "party register --name 'Mina Clara' --country PE --role miner --public-key $(touchstone key show mine.key) "
      "--key registrar.key",
      [options](Context& context) { return Register(context, *options); });
  AddText(command, "--name", "NAME", "As registered", party->mutable_name())->required();
  AddText(command, "--country", "CC", "ISO 3166-1 alpha-2, as PE", party->mutable_country())->required();
  AddWords<v1::Role>(command, "--role", "What it does in the chain; repeatable", [party](v1::Role role) {
    party->add_roles(role);
  })->required();
  AddValues<crypto::PublicKey>(command, "--public-key", "HEX", "Key it signs with; repeatable", &ParsePublicKey,
                               [party](const crypto::PublicKey& key) { party->add_keys(std::string(key.view())); });
  AddParticulars(command, options.get(), party, "");
  AddText(command, "--withhold-beneficial-owners", "TEXT", "Names of those behind it, kept out of the log",
          &options->beneficial_owners);
  AddText(command, "--registry-reference", "TEXT", "Commercial register or tax number",
          party->mutable_registry_reference());
  AddDocuments(command, party);
}

void AddUpdate(CommandTree& tree, CLI::App* group) {
  auto options = std::make_shared<PartyOptions>();
  v1::UpdateParty* party = options->event.mutable_update_party();
  CLI::App* command =
      AddCommand(tree, group, "update", "Change a party's particulars; what is not named stays; signed by a registrar",
                 "party update party_abc --role miner --role exporter --interest party_def=51 --key registrar.key",
                 [options](Context& context) { return Update(context, *options); });
  AddText(command, "party", "PARTY", "The party", party->mutable_party_id())->required();
  AddText(command, "--name", "NAME", "Its new name", party->mutable_name());
  AddWords<v1::Role>(command, "--role", "What it does in the chain; repeatable: all its roles from now on",
                     [party](v1::Role role) { party->add_roles(role); });
  AddParticulars(command, options.get(), party, ": all of them from now on");
}

void AddSuspend(CommandTree& tree, CLI::App* group) {
  const EventCommand suspend =
      AddEventCommand(tree, group, "suspend", "Bar a party from submitting, or let it in again; signed by a registrar",
                      "party suspend party_abc --reason 'licence under inquiry' --key registrar.key");
  v1::SuspendParty* body = suspend.event->mutable_suspend_party();
  AddText(suspend.command, "party", "PARTY", "The party", body->mutable_party_id())->required();
  AddFlag(suspend.command, "--lift", "Lift the suspension", [body] { body->set_lift(true); });
  AddText(suspend.command, "--reason", "TEXT", "Why", body->mutable_reason());
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

void AddDistrustKey(CommandTree& tree, CLI::App* group) {
  const EventCommand distrust = AddEventCommand(
      tree, group, "distrust-key",
      "Disown a stolen key: it signs nothing any more, and what it signed from an entry on supports nothing; signed by "
      "a registrar or root",
      "party distrust-key 0f3c... --from-index 1184 --reason 'phone stolen in Puno' --key registrar.key");
  v1::DistrustKey* body = distrust.event->mutable_distrust_key();
  AddValue<crypto::PublicKey>(distrust.command, "public-key", "HEX", "The public key", &ParsePublicKey,
                              [body](const crypto::PublicKey& key) { body->set_key(std::string(key.view())); })
      ->required();
  AddValue<uint64_t>(distrust.command, "--from-index", "INDEX", "The first entry whose signature by it counts no more",
                     &ParseCount, [body](uint64_t index) { body->set_from_index(index); })
      ->required();
  AddText(distrust.command, "--reason", "TEXT", "What happened", body->mutable_reason())->required();
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
  AddUpdate(tree, group);
  AddSuspend(tree, group);
  AddOffices(tree, group);
  AddAccreditation(tree, group);
  AddKeys(tree, group);
  AddDistrustKey(tree, group);

  auto shown = std::make_shared<std::string>();
  CLI::App* show = AddCommand(tree, group, "show", "Print a party", "party show party_abc",
                              [shown](Context& context) { return Show(context, *shown); });
  AddText(show, "party", "PARTY|HEX", "The party, or one of its public keys", shown.get())->required();
  AddCommand(tree, group, "list", "Print all parties", "party list --json", &List);
}

}  // namespace touchstone::cli
