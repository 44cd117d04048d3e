// Every known way to launder gold on this ledger, and the rule that stops or shows it.
#include <vector>

#include "tests/cheats/cheat.h"
#include "tests/cheats/stories.h"

namespace touchstone::cheats {
namespace {

Refused Refusal(v1::Reason reason) { return {reason}; }
Found Finding(v1::FindingCode code) { return {code}; }
Held AboveCeiling() { return {v1::HoldRecord::KIND_CEILING, v1::FINDING_CODE_ABOVE_CEILING}; }
Judged NotFormalized(v1::VerdictCode code) { return {code, v1::VERDICT_FAIL, "formalized"}; }
Judged NotMercuryFree(v1::VerdictCode code) { return {code, v1::VERDICT_FAIL, "mercury-free"}; }
Judged NotProven(v1::VerdictCode code) { return {code, v1::VERDICT_INDETERMINATE, "mercury-free"}; }

/// Findings that corrections of mercury have by themselves.
const std::vector<v1::FindingCode> kCorrection = {v1::FINDING_CODE_CORRECTED, v1::FINDING_CODE_MERCURY_USED};

std::vector<Cheat> MakeTable() {
  return {
      {"mass gain in a melt", "states a higher fineness at the same weight", Refusal(v1::REASON_FINE_MASS_GAIN),
       GainInAMelt},
      {"mass gain in a melt", "leaves the fineness pending and has it assayed high",
       Refusal(v1::REASON_ASSAY_ABOVE_INPUT), GainFoundByTheAssay},
      {"small gains that add up over 90 days",
       "a dozen melts, each two permille up, as X-rays may err",
       Held{v1::HoldRecord::KIND_GAIN, v1::FINDING_CODE_GAIN_ABOVE_LIMIT},
       SmallGains,
       {v1::FINDING_CODE_SMALL_GAIN}},
      {"small gains that add up over 90 days",
       "as much was declared stolen before",
       Held{v1::HoldRecord::KIND_GAIN, v1::FINDING_CODE_GAIN_ABOVE_LIMIT},
       SmallGainsAfterATheft,
       {v1::FINDING_CODE_SMALL_GAIN, v1::FINDING_CODE_GOLD_LOST}},
      {"siphoning above the loss band", "keeps one gram in a hundred of a melt", Finding(v1::FINDING_CODE_HIGH_LOSS),
       Siphoning},

      {"double sale by two conflicting offers", "offers the lot to a second buyer", Refusal(v1::REASON_LOT_OFFERED),
       TwoOffers},
      {"double sale by two conflicting offers", "hands the lot over while it is offered",
       Refusal(v1::REASON_LOT_OFFERED), OfferAndHandOver},
      {"accept by a party not offered to", "accepts another's offer", Refusal(v1::REASON_NOT_OFFERED_TO),
       AcceptOfAnother},

      {"output above capacity spread over many small lots", "a lot every other day", AboveCeiling(), ManySmallLots},
      {"output above capacity spread over many small lots", "recorded from the last day to the first", AboveCeiling(),
       ManySmallLotsToldBackwards},
      {"output above capacity spread over many small lots", "as concentrate that a buyer smelts", AboveCeiling(),
       ManySmallLotsOfConcentrate},
      {"output above capacity spread over several registrants", "each of four keeps to his cap", AboveCeiling(),
       SeveralRegistrants},
      {"output above capacity spread over several registrants", "one lends his papers to all", AboveCeiling(),
       OneRegistrant},
      {"output above capacity spread over two sites on one licence",
       "each site keeps to its capacity",
       AboveCeiling(),
       TwoSitesOnOneLicence,
       {v1::FINDING_CODE_LICENCE_ON_SEVERAL_SITES}},
      {"output above capacity spread over two sites on one licence", "two licences of one owner's daughters",
       AboveCeiling(), TwoDaughtersOfOneOwner},
      {"phantom production filled later with outside gold", "keeps a paper lot for forty days",
       Finding(v1::FINDING_CODE_LOT_UNSEEN), PhantomFilledLater},
      {"phantom production filled later with outside gold", "splits it meanwhile, to make it young again",
       Finding(v1::FINDING_CODE_LOT_UNSEEN), PhantomSplitMeanwhile},
      {"phantom production filled later with outside gold", "lets it wait in a work account",
       Finding(v1::FINDING_CODE_LOT_UNSEEN), PhantomInAnAccount},

      {"production before the licence", "the period begins before the title does",
       Finding(v1::FINDING_CODE_UNLICENSED_PRODUCTION), BeforeTheLicence},
      {"production after its end", "the period goes on beyond it", Finding(v1::FINDING_CODE_UNLICENSED_PRODUCTION),
       AfterTheLicence},
      {"a second mine's output run through a licensed mine", "its doré has another silver",
       Finding(v1::FINDING_CODE_IMPURITY_PROFILE), SecondMineByItsImpurities},
      {"a second mine's output run through a licensed mine", "the mine brings five times what it did",
       Finding(v1::FINDING_CODE_STEP_CHANGE), SecondMineByItsOutput},
      {"a second mine's output run through a licensed mine", "the mine had slept for seven months",
       Finding(v1::FINDING_CODE_REGISTRANT_AWAKENED), SleepingMineWakes},
      {"backdated attestation", "holds from before the visit", Finding(v1::FINDING_CODE_ATTESTATION_BACKDATED),
       BackdatedAttestation},
      {"backdated attestation", "states a visit of two months ago", Finding(v1::FINDING_CODE_LATE_RECORD),
       VisitLongAgo},
      {"attestation recorded after a claim cited it", "fetches the paper when somebody asks",
       NotProven(v1::VERDICT_CODE_ATTESTATION_LATE), AttestedAfterTheClaim},

      {"lapsed licence", "works on after its last day", NotFormalized(v1::VERDICT_CODE_LICENCE_LAPSED), LapsedLicence},
      {"suspended licence", "works on under it", NotFormalized(v1::VERDICT_CODE_LICENCE_SUSPENDED), SuspendedLicence},
      {"withdrawn licence", "works on until the registrar hears of it",
       NotFormalized(v1::VERDICT_CODE_LICENCE_WITHDRAWN), WithdrawnLicence},
      {"annulled licence", "has sold a ring on a bought title", NotFormalized(v1::VERDICT_CODE_LICENCE_ANNULLED),
       AnnulledLicence},
      {"lapsed attestation", "works on after its last day", NotProven(v1::VERDICT_CODE_ATTESTATION_LAPSED),
       LapsedAttestation},
      {"suspended attestation", "works on under it", NotProven(v1::VERDICT_CODE_ATTESTATION_SUSPENDED),
       SuspendedAttestation},
      {"withdrawn attestation", "works on until the inspector says so",
       NotProven(v1::VERDICT_CODE_ATTESTATION_WITHDRAWN), WithdrawnAttestation},
      {"withdrawn attestation", "claims on the log as it was before", NotProven(v1::VERDICT_CODE_ATTESTATION_WITHDRAWN),
       ClaimOnAnOlderLog},
      {"annulled attestation", "has sold a ring on a bought visit", NotProven(v1::VERDICT_CODE_ATTESTATION_ANNULLED),
       AnnulledAttestation},

      {"self-attestation", "is accredited, and visits its own mine", Refusal(v1::REASON_SELF_ATTESTATION),
       AttestsItself},
      {"self-attestation by a sister company", "behind two holdings", Refusal(v1::REASON_SELF_ATTESTATION),
       AttestsItsSister},
      {"self-attestation by a sister company", "behind one person", Refusal(v1::REASON_SELF_ATTESTATION),
       AttestsItsSisterByOnePerson},
      {"attestor without scope", "is accredited for something else", Refusal(v1::REASON_NOT_ACCREDITED),
       AttestsOutOfScope},
      {"accreditation withdrawn", "dates its word to the day before", Refusal(v1::REASON_NOT_ACCREDITED),
       AttestsAfterWithdrawal},
      {"stolen key used after distrust", "signs as its owner", Refusal(v1::REASON_KEY_DISTRUSTED),
       StolenKeyAfterDistrust},
      {"stolen key used after distrust", "signs with a key that the stolen one added",
       Refusal(v1::REASON_KEY_DISTRUSTED), KeyAddedByAStolenOne},
      {"stolen key used before it was noticed", "declared outside gold as its owner's",
       NotProven(v1::VERDICT_CODE_KEY_DISTRUSTED), StolenKeyBeforeItWasNoticed},
      {"stolen key used before it was noticed", "handed its owner's gold to a receiver, who sells it on",
       Refusal(v1::REASON_LOT_DISTRUSTED), StolenLotMovesOn},

      {"undeclared mercury lot merged into a clean one", "says nothing",
       NotProven(v1::VERDICT_CODE_MERCURY_NOT_DECLARED), UndeclaredMercuryMerged},
      {"undeclared mercury lot merged into a clean one", "denies it", NotMercuryFree(v1::VERDICT_CODE_MERCURY_FOUND),
       DeniedMercuryMerged},
      {"cyanided tailings with mercury history", "mixes them with clean ones first",
       Finding(v1::FINDING_CODE_TAILINGS_WITH_MERCURY), TailingsLeached},
      {"cyanided tailings with mercury history", "calls it the leaching of ore",
       Finding(v1::FINDING_CODE_TAILINGS_WITH_MERCURY), TailingsLeachedAsOre},
      {"cyanided tailings with mercury history", "makes concentrate of them first",
       Finding(v1::FINDING_CODE_TAILINGS_WITH_MERCURY), TailingsConcentratedFirst},
      {"cyanided tailings with mercury history", "sells the doré as clean",
       NotMercuryFree(v1::VERDICT_CODE_TAILINGS_WITH_MERCURY), TailingsLeached},
      {"cyanided tailings with mercury history", "calls it the leaching of ore, and the doré clean",
       NotMercuryFree(v1::VERDICT_CODE_TAILINGS_WITH_MERCURY), TailingsLeachedAsOre},

      {"doré through the recycled door", "books it in as it is", Finding(v1::FINDING_CODE_DORE_AS_RECYCLED),
       DoreAsScrap},
      {"doré through the recycled door", "melts it to scrap first", Finding(v1::FINDING_CODE_DORE_AS_RECYCLED),
       DoreMeltedToScrap},
      {"existing stock declared after enrolment", "finds some more after four months",
       Finding(v1::FINDING_CODE_STOCK_AFTER_ENROLMENT), StockDeclaredLate},
      {"existing stock declared after enrolment", "held it only since it joined",
       Finding(v1::FINDING_CODE_STOCK_AFTER_ENROLMENT), StockCutOffLate},
      {"one gram behind two pieces", "makes a second ring of a bar that is used up", Refusal(v1::REASON_LOT_CONSUMED),
       TwoPieces},
      {"one gram behind two pieces", "makes two rings of the metal of one", Refusal(v1::REASON_FINE_MASS_GAIN),
       TwoPiecesInOneEvent},
      {"one gram under two jewelers", "both sign that a used bar went on", Refusal(v1::REASON_LOT_CONSUMED),
       TwoJewelersByHandOver},
      {"one gram under two jewelers", "the second works the first one's bar", Refusal(v1::REASON_NOT_CUSTODIAN),
       TwoJewelersAtOneBar},
      {"seal swapped in transit", "closes the bag with another seal", Finding(v1::FINDING_CODE_SEAL_BROKEN),
       SealSwapped},
      {"assay shopping before settlement", "settles on the mean with a shopped assay",
       Refusal(v1::REASON_SETTLEMENT_INVALID), ShoppedSettlement},
      {"assay shopping before settlement", "asks a second laboratory", Finding(v1::FINDING_CODE_ASSAY_DIVERGES),
       ShoppedAssay},
      {"ounce slip", "weighs troy ounces as avoirdupois", Finding(v1::FINDING_CODE_UNIT_SLIP), OunceSlip},
      {"ounce slip", "moves the decimal point", Finding(v1::FINDING_CODE_UNIT_SLIP), TenfoldSlip},
      {"lineage cycle", "corrects a step to take in its own descendant", Refusal(v1::REASON_CORRECTION_INVALID),
       CycleByCorrection, kCorrection},
      {"lineage cycle", "takes in a lot beside what was made of it", Refusal(v1::REASON_LOT_CONSUMED),
       AncestorTakenInAgain},
      {"event by a past custodian", "offers what he sold", Refusal(v1::REASON_NOT_CUSTODIAN), PastCustodianOffers},
      {"event by a past custodian", "melts what he sold", Refusal(v1::REASON_NOT_CUSTODIAN), PastCustodianWorks},
      {"correction that erases a bad fact after the lot moved on", "denies mercury that it declared",
       Refusal(v1::REASON_COUNTERSIGNATURE_MISSING), MercuryErased, kCorrection},
      {"correction that erases a bad fact after the lot moved on", "takes a confession back",
       Refusal(v1::REASON_COUNTERSIGNATURE_MISSING), ConfessionTakenBack, kCorrection},
      {"correction that erases a bad fact after the lot moved on", "voids the production",
       Refusal(v1::REASON_COUNTERSIGNATURE_MISSING), ProductionVoided, kCorrection},
      {"replay on another ledger", "brings a registration from elsewhere", Refusal(v1::REASON_WRONG_LEDGER),
       ReplayOnAnotherLedger},
      {"replay from a cloned device", "goes on where the device was copied", Finding(v1::FINDING_CODE_DEVICE_FORKED),
       ReplayFromAClone},
      {"work account overdrawn", "takes out more than went in", Refusal(v1::REASON_ACCOUNT_OVERDRAWN), OverdrawnAtOnce},
      {"work account overdrawn", "pays one owner out with another's", Refusal(v1::REASON_ACCOUNT_OVERDRAWN),
       OverdrawnByOneOwner},
      {"work account overdrawn", "counts more at the close than is left", Refusal(v1::REASON_ACCOUNT_OVERDRAWN),
       OverdrawnAtItsClose},
      {"sweeps recovering more than was lost", "at once", Refusal(v1::REASON_RECOVERY_ABOVE_LOSS), RichSweeps},
      {"sweeps recovering more than was lost", "in two goes", Refusal(v1::REASON_RECOVERY_ABOVE_LOSS),
       RichSweepsBitByBit},
      {"sweeps recovering more than was lost", "when the loss is long ago", Refusal(v1::REASON_RECOVERY_ABOVE_LOSS),
       RichSweepsMuchLater},
  };
}

}  // namespace

const std::vector<Cheat>& Table() {
  static const std::vector<Cheat> table = MakeTable();
  return table;
}

}  // namespace touchstone::cheats
