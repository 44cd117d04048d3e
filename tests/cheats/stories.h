// The stories of the table. Each is told once for the cheat and once for its honest twin (see Tell in cheat.h).
#pragma once

#include <string>

#include "tests/cheats/stage.h"

namespace touchstone::cheats {

// mass_cheats.cc
std::string GainInAMelt(Stage& s, bool cheats);
std::string GainFoundByTheAssay(Stage& s, bool cheats);
std::string SmallGains(Stage& s, bool cheats);
std::string SmallGainsAfterATheft(Stage& s, bool cheats);
std::string SmallGainsFromHandToHand(Stage& s, bool cheats);
std::string GainOfPoorMetal(Stage& s, bool cheats);
std::string GainByLessGoingIn(Stage& s, bool cheats);
std::string Siphoning(Stage& s, bool cheats);
std::string ShoppedSettlement(Stage& s, bool cheats);
std::string ShoppedAssay(Stage& s, bool cheats);
std::string OverdrawnAtOnce(Stage& s, bool cheats);
std::string OverdrawnByOneOwner(Stage& s, bool cheats);
std::string OverdrawnAtItsClose(Stage& s, bool cheats);
std::string RichSweeps(Stage& s, bool cheats);
std::string RichSweepsBitByBit(Stage& s, bool cheats);
std::string RichSweepsMuchLater(Stage& s, bool cheats);

// capacity_cheats.cc
std::string ManySmallLots(Stage& s, bool cheats);
std::string ManySmallLotsToldBackwards(Stage& s, bool cheats);
std::string ManySmallLotsOfConcentrate(Stage& s, bool cheats);
std::string SeveralRegistrants(Stage& s, bool cheats);
std::string OneRegistrant(Stage& s, bool cheats);
std::string UnknownRegistrants(Stage& s, bool cheats);
std::string TwoSitesOnOneLicence(Stage& s, bool cheats);
std::string TwoDaughtersOfOneOwner(Stage& s, bool cheats);
std::string PhantomFilledLater(Stage& s, bool cheats);
std::string PhantomSplitMeanwhile(Stage& s, bool cheats);
std::string PhantomInAnAccount(Stage& s, bool cheats);
std::string SecondMineByItsImpurities(Stage& s, bool cheats);
std::string SecondMineByItsOutput(Stage& s, bool cheats);
std::string SleepingMineWakes(Stage& s, bool cheats);

// custody_cheats.cc
std::string TwoOffers(Stage& s, bool cheats);
std::string OfferAndHandOver(Stage& s, bool cheats);
std::string AcceptOfAnother(Stage& s, bool cheats);
std::string TwoPieces(Stage& s, bool cheats);
std::string TwoPiecesInOneEvent(Stage& s, bool cheats);
std::string TwoJewelersByHandOver(Stage& s, bool cheats);
std::string TwoJewelersAtOneBar(Stage& s, bool cheats);
std::string SealSwapped(Stage& s, bool cheats);
std::string OunceSlip(Stage& s, bool cheats);
std::string TenfoldSlip(Stage& s, bool cheats);
std::string AncestorTakenInAgain(Stage& s, bool cheats);
std::string PastCustodianOffers(Stage& s, bool cheats);
std::string PastCustodianWorks(Stage& s, bool cheats);
std::string ReplayOnAnotherLedger(Stage& s, bool cheats);
std::string ReplayFromAClone(Stage& s, bool cheats);

// paper_cheats.cc
std::string BeforeTheLicence(Stage& s, bool cheats);
std::string AfterTheLicence(Stage& s, bool cheats);
std::string BackdatedAttestation(Stage& s, bool cheats);
std::string VisitLongAgo(Stage& s, bool cheats);
std::string AttestedAfterTheClaim(Stage& s, bool cheats);
std::string LapsedLicence(Stage& s, bool cheats);
std::string SuspendedLicence(Stage& s, bool cheats);
std::string WithdrawnLicence(Stage& s, bool cheats);
std::string AnnulledLicence(Stage& s, bool cheats);
std::string LapsedAttestation(Stage& s, bool cheats);
std::string SuspendedAttestation(Stage& s, bool cheats);
std::string WithdrawnAttestation(Stage& s, bool cheats);
std::string AnnulledAttestation(Stage& s, bool cheats);
std::string ClaimOnAnOlderLog(Stage& s, bool cheats);

// authority_cheats.cc
std::string AttestsItself(Stage& s, bool cheats);
std::string AttestsItsSister(Stage& s, bool cheats);
std::string AttestsItsSisterByOnePerson(Stage& s, bool cheats);
std::string AttestsOutOfScope(Stage& s, bool cheats);
std::string AttestsAfterWithdrawal(Stage& s, bool cheats);
std::string StolenKeyAfterDistrust(Stage& s, bool cheats);
std::string KeyAddedByAStolenOne(Stage& s, bool cheats);
std::string StolenKeyBeforeItWasNoticed(Stage& s, bool cheats);
std::string StolenLotMovesOn(Stage& s, bool cheats);

// mercury_cheats.cc
std::string UndeclaredMercuryMerged(Stage& s, bool cheats);
std::string DeniedMercuryMerged(Stage& s, bool cheats);
std::string TailingsLeached(Stage& s, bool cheats);
std::string TailingsLeachedAsOre(Stage& s, bool cheats);
std::string TailingsConcentratedFirst(Stage& s, bool cheats);

// origin_cheats.cc
std::string DoreAsScrap(Stage& s, bool cheats);
std::string DoreMeltedToScrap(Stage& s, bool cheats);
std::string StockDeclaredLate(Stage& s, bool cheats);
std::string StockCutOffLate(Stage& s, bool cheats);

// correction_cheats.cc
std::string CycleByCorrection(Stage& s, bool cheats);
std::string MercuryErased(Stage& s, bool cheats);
std::string ConfessionTakenBack(Stage& s, bool cheats);
std::string ProductionVoided(Stage& s, bool cheats);
std::string HeldProductionVoided(Stage& s, bool cheats);

}  // namespace touchstone::cheats
