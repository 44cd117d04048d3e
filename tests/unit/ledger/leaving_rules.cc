// How lots and pieces cross borders, leave, are lost and called back.
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

constexpr char kNoLot[] = "lot_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoPiece[] = "piece_aaaaaaaaaaaaaaaaaaaaaaaaaa";

v1::Import& Import(Said& s) { return *s.event.mutable_import(); }
v1::Retire& Retire(Said& s) { return *s.event.mutable_retire(); }
v1::Lose& Lose(Said& s) { return *s.event.mutable_lose(); }
v1::Recall& Recall(Said& s) { return *s.event.mutable_recall(); }

std::vector<Rule> BorderRules() {
  using W = const World&;
  const auto import = honest::Import;
  return {
      {"a held lot exported", honest::Export,
       [](const World& w, Said& s) { s.event.mutable_export_()->set_lot_ids(0, w.kept.held); }, v1::REASON_LOT_HELD,
       "export.lot_ids[0]"},
      {"another's lot imported", import, [](W, Said& s) { s.by = {"north"}; }, v1::REASON_NOT_CUSTODIAN,
       "import.lot_ids[0]"},
      {"nothing imported", import, [](W, Said& s) { Import(s).clear_lot_ids(); }, v1::REASON_FIELD_REQUIRED,
       "import.lot_ids"},
      {"an import into no country", import, [](W, Said& s) { Import(s).clear_country(); }, v1::REASON_FIELD_INVALID,
       "import.country"},
      {"a customs declaration that does not fit", import,
       [](W, Said& s) { Import(s).set_customs_reference(std::string(65, 'r')); }, v1::REASON_FIELD_TOO_LONG,
       "import.customs_reference"},
      {"an import of what is used up", import,
       [](const World& w, Said& s) {
         Import(s).clear_lot_ids();
         Import(s).add_lot_ids(w.consumed);
         s.by = {"north"};
       },
       v1::REASON_LOT_CONSUMED, "import.lot_ids[0]"},
  };
}

std::vector<Rule> RetireRules() {
  using W = const World&;
  const auto retire = honest::Retire;
  const auto piece = honest::RetireOfPiece;
  return {
      {"nothing retired", retire, [](W, Said& s) { Retire(s).clear_subject_id(); }, v1::REASON_FIELD_REQUIRED,
       "retire.subject_id"},
      {"no lot retired", retire, [](W, Said& s) { Retire(s).set_subject_id(kNoLot); }, v1::REASON_UNKNOWN_LOT,
       "retire.subject_id"},
      {"no piece retired", piece, [](W, Said& s) { Retire(s).set_subject_id(kNoPiece); }, v1::REASON_UNKNOWN_PIECE,
       "retire.subject_id"},
      {"a lot gone nobody says where", retire, [](W, Said& s) { Retire(s).clear_kind(); }, v1::REASON_FIELD_REQUIRED,
       "retire.kind"},
      {"a lot melted down", retire, [](W, Said& s) { Retire(s).set_kind(v1::Retire::KIND_MELTED_DOWN); },
       v1::REASON_FIELD_INVALID, "retire.kind"},
      {"another's lot retired", retire, [](W, Said& s) { s.by = {"refiner"}; }, v1::REASON_NOT_CUSTODIAN,
       "retire.subject_id"},
      {"a lot retired by who only holds it", retire,
       [](const World& w, Said& s) {
         Retire(s).set_subject_id(w.lent);
         s.by = {"refiner"};
       },
       v1::REASON_NOT_OWNER, "retire.subject_id"},
      {"a lot retired that is not assayed", retire,
       [](const World& w, Said& s) {
         Retire(s).set_subject_id(w.unassayed);
         s.by = {"north"};
       },
       v1::REASON_LOT_PENDING, "retire.subject_id"},
      {"what is used up retired", retire,
       [](const World& w, Said& s) {
         Retire(s).set_subject_id(w.consumed);
         s.by = {"north"};
       },
       v1::REASON_LOT_CONSUMED, "retire.subject_id"},
      {"a lot on offer retired", retire,
       [](const World& w, Said& s) {
         Retire(s).set_subject_id(w.offered);
         s.by = {"north"};
       },
       v1::REASON_LOT_OFFERED, "retire.subject_id"},
      {"a packed lot retired", retire,
       [](const World& w, Said& s) {
         Retire(s).set_subject_id(w.kept.packed);
         s.by = {"north"};
       },
       v1::REASON_LOT_PACKED, "retire.subject_id"},
      {"a held lot retired", retire,
       [](const World& w, Said& s) {
         Retire(s).set_subject_id(w.kept.held);
         s.by = {"north"};
       },
       v1::REASON_LOT_HELD, "retire.subject_id"},
      {"another's piece retired", piece, [](W, Said& s) { s.by = {"jeweler"}; }, v1::REASON_NOT_CUSTODIAN,
       "retire.subject_id"},
      {"a piece retired twice", piece, [](const World& w, Said& s) { Retire(s).set_subject_id(w.kept.sold_ring); },
       v1::REASON_PIECE_RETIRED, "retire.subject_id"},
      {"a held piece retired", piece, [](const World& w, Said& s) { Retire(s).set_subject_id(w.kept.held_ring); },
       v1::REASON_LOT_HELD, "retire.subject_id"},
  };
}

std::vector<Rule> LoseRules() {
  using W = const World&;
  const auto lose = honest::Lose;
  return {
      {"no lot lost", lose, [](W, Said& s) { Lose(s).set_lot_id(kNoLot); }, v1::REASON_UNKNOWN_LOT, "lose.lot_id"},
      {"another's lot lost", lose, [](W, Said& s) { s.by = {"north"}; }, v1::REASON_NOT_CUSTODIAN, "lose.lot_id"},
      {"a lot lost nobody says how", lose, [](W, Said& s) { Lose(s).clear_kind(); }, v1::REASON_FIELD_REQUIRED,
       "lose.kind"},
      {"a part lost as large as its lot", lose, [](W, Said& s) { Lose(s).set_part_gross_mg(20'000); },
       v1::REASON_PART_TOO_LARGE, "lose.part_gross_mg"},
      {"what is used up lost", lose,
       [](const World& w, Said& s) {
         Lose(s).set_lot_id(w.consumed);
         s.by = {"north"};
       },
       v1::REASON_LOT_CONSUMED, "lose.lot_id"},
      {"a lot on offer lost", lose,
       [](const World& w, Said& s) {
         Lose(s).set_lot_id(w.offered);
         s.by = {"north"};
       },
       v1::REASON_LOT_OFFERED, "lose.lot_id"},
      {"a packed lot lost", lose,
       [](const World& w, Said& s) {
         Lose(s).set_lot_id(w.kept.packed);
         s.by = {"north"};
       },
       v1::REASON_LOT_PACKED, "lose.lot_id"},
  };
}

std::vector<Rule> RecallRules() {
  using W = const World&;
  const auto recall = honest::Recall;
  return {
      {"no lot called back", recall, [](W, Said& s) { Recall(s).set_subject_id(kNoLot); }, v1::REASON_UNKNOWN_LOT,
       "recall.subject_id"},
      {"a piece called back", recall, [](const World& w, Said& s) { Recall(s).set_subject_id(w.ring); },
       v1::REASON_FIELD_INVALID, "recall.subject_id"},
      {"a lot called back for no reason", recall, [](W, Said& s) { Recall(s).clear_reason(); },
       v1::REASON_FIELD_REQUIRED, "recall.reason"},
      {"a lot called back by a stranger", recall, [](W, Said& s) { s.by = {"south"}; }, v1::REASON_NOT_INVOLVED,
       "recall.subject_id"},
      {"a lot called back twice", recall, [](const World& w, Said& s) { Recall(s).set_subject_id(w.kept.recalled); },
       v1::REASON_ALREADY_HELD, "recall.subject_id"},
  };
}

}  // namespace

std::vector<Rule> LeavingRules() {
  std::vector<Rule> all;
  for (const auto& table : {BorderRules(), RetireRules(), LoseRules(), RecallRules()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

}  // namespace touchstone::ledger
