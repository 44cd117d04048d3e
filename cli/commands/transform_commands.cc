// touchstone lot merge, split, melt, smelt, refine, alloy, cast, make-piece: lots into other lots and into pieces.
#include "cli/commands/lot_commands.h"

namespace touchstone::cli {
namespace {

template <typename Body>
void AddAddedMetal(CLI::App* command, Body* body) {
  AddValue<uint64_t>(command, "--added-non-gold", "MASS", "Other metal that was added, as '12 g'", &ledger::ParseMassMg,
                     [body](uint64_t mg) { body->set_added_non_gold_mg(mg); });
}

struct Verb {
  const char* name;
  v1::Transform::Kind kind;
  const char* description;
  const char* example;
};

void AddTransform(CommandTree& tree, CLI::App* group, const Verb& verb) {
  const EventCommand transform = AddEventCommand(tree, group, verb.name, verb.description, verb.example);
  CLI::App* command = transform.command;
  v1::Transform* body = transform.event->mutable_transform();
  body->set_kind(verb.kind);
  AddInputs(command, body);
  AddValues<v1::Output>(command, "--output", "MATERIAL", kOutputHelp, &ParseOutput, [body](const v1::Output& output) {
    *body->add_outputs() = output;
  })->required();
  AddAddedMetal(command, body);
  AddText(command, "--site", "SITE", "Where it was done", body->mutable_site_id());
  AddWord<v1::ProcessRoute>(command, "--route", "How it was done",
                            [body](v1::ProcessRoute route) { body->set_route(route); });
  AddMercury(command, body);
  AddCustodyModel(command, body);
  AddText(command, "--reference", "TEXT", "The furnace's or batch's own number", body->mutable_reference());
}

void AddMakePiece(CommandTree& tree, CLI::App* group) {
  const EventCommand make = AddEventCommand(
      tree, group, "make-piece", "Make finished articles; signed by the jeweler who holds the metal",
      "lot make-piece --input 'lot_abc=5 g' --piece 'article=ring,serial=R-1,metal=4.2 g,fineness=750 permille,"
      "method=nominal' --leftover 'form=scrap,mass=0.7 g,fineness=750 permille,method=nominal' --key jeweler.key");
  v1::MakePiece* body = make.event->mutable_make_piece();
  AddInputs(make.command, body);
  AddValues<v1::Piece>(make.command, "--piece", "PIECE",
                       "An article: article=ring,serial=..,metal=4.2 g,fineness=750 permille,method=nominal"
                       "[,uncertainty=..][,excluded=0.1 g][,stones=..]; repeatable",
                       &ParsePiece, [body](const v1::Piece& piece) { *body->add_pieces() = piece; })
      ->required();
  AddValues<v1::Material>(make.command, "--leftover", "MATERIAL",
                          "Metal left over, as an output of `lot melt`; repeatable", &ParseMaterial,
                          [body](const v1::Material& material) { *body->add_leftovers() = material; });
  AddAddedMetal(make.command, body);
  AddText(make.command, "--site", "SITE", "Where it was done", body->mutable_site_id());
}

}  // namespace

void AddTransformCommands(CommandTree& tree, CLI::App* group) {
  const Verb verbs[] = {
      {"merge", v1::Transform::KIND_MERGE, "Put lots together without melting; signed by who holds them",
       "lot merge --input lot_abc --input lot_def --output 'form=dore,mass=1.6 kg,fineness=910 permille,method=xrf,"
       "uncertainty=8 permille' --key coop.key"},
      {"split", v1::Transform::KIND_SPLIT, "Divide a lot; signed by who holds it",
       "lot split --input lot_abc --output 'form=grain,mass=100 g,fineness=999.9 permille,method=icp,"
       "uncertainty=0.05 permille' --output 'form=grain,mass=400 g,fineness=999.9 permille,method=icp,"
       "uncertainty=0.05 permille' --key refiner.key"},
      {"melt", v1::Transform::KIND_MELT, "Melt lots into homogeneous metal; signed by who holds them",
       "lot melt --input lot_abc --input lot_def --output 'form=bar,mass=1598.2 g' --route melting --mercury not-used "
       "--key refiner.key"},
      {"smelt", v1::Transform::KIND_SMELT, "Smelt concentrate or sponge to metal, with flux; signed by who holds it",
       "lot smelt --input lot_abc --output 'form=dore,mass=310 g' --mercury not-used --key mine.key"},
      {"refine", v1::Transform::KIND_REFINE, "Raise the fineness; signed by who holds the lots",
       "lot refine --input lot_abc --output 'form=bar,mass=1460 g,fineness=999.5 permille,method=icp,"
       "uncertainty=0.1 permille,serial=B-1,mark=XYZ' --route refining-electrolysis --mercury not-used --key "
       "refiner.key"},
      {"alloy", v1::Transform::KIND_ALLOY, "Alloy with other metals by recipe; signed by who holds the lots",
       "lot alloy --input 'lot_abc=75 g' --added-non-gold '25 g' --output 'form=alloy,mass=100 g,fineness=750 permille,"
       "method=nominal' --key jeweler.key"},
      {"cast", v1::Transform::KIND_CAST, "Cast into bars; signed by who holds the lots",
       "lot cast --input lot_abc --output 'form=bar,mass=1 kg,fineness=999.9 permille,method=icp,"
       "uncertainty=0.05 permille,serial=B-2,mark=XYZ' --key refiner.key"},
  };
  for (const Verb& verb : verbs) AddTransform(tree, group, verb);
  AddMakePiece(tree, group);
}

}  // namespace touchstone::cli
