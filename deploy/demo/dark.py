"""The dark side: three frauds that the ledger refuses, and one that it records, finds, and fails."""

from road import XRF
from touchstone import REFUSED, Mismatch


def meet_the_dark_side(stage):
    """Casa Ribera buys a clean lot, and more than clean lots."""
    stage.ribera = stage.register("Casa Ribera", "PE", "aggregator", "jeweler")
    stage.clean = stage.lucero_lots[2]
    stage.cli.record("lot", "hand-over", stage.clean, "--from", stage.lucero.id, "--to", stage.ribera.id, "--rights",
                     "both", by=[stage.lucero, stage.ribera], at=stage.calendar.at(-9, "10:00"))
    stage.tell.chapter("The dark side")
    stage.tell.say(f"""{stage.ribera.name}, a trader and jeweler, has bought a clean lot of {stage.lucero.name}. Not
        everybody is as honest as the papers.""")


def sell_twice(stage):
    """The cooperative's parcel holds this lot already; somebody there tries to sell it again."""
    lot = stage.clara_lots[0]
    stage.tell.say(f"""Somebody at the cooperative offers a lot of {stage.clara.name} to {stage.ribera.name}: the one
        that went into the export parcel two days before.""")
    error = stage.cli.try_to("double_sale", "LOT_CONSUMED", "lot", "offer", lot, "--to", stage.ribera.id, "--rights",
                             "both", by=stage.cooperative, at=stage.calendar.at(-10, "16:00"))
    _say_refused(stage, error)


def gain_mass(stage):
    """Gold of nowhere goes into the pot, declared as copper."""
    stage.tell.say(f"""{stage.ribera.name} melts its clean lot with 15 g of what it calls copper. The bar that comes out
        is as fine as before: the copper was gold from nowhere.""")
    error = stage.cli.try_to("mass_gain", "FINE_MASS_GAIN", "lot", "melt", "--input", stage.clean, "--added-non-gold",
                             "15 g", "--output", f"form=dore,mass=194.9 g,fineness=931 permille,{XRF}", "--mercury",
                             "not-used", by=stage.ribera, at=stage.calendar.at(-8, "12:00"))
    _say_refused(stage, error)


def attest_oneself(stage):
    """An accredited inspector, but a sister of the mine."""
    sister = stage.register("Clara Servicios Ambientales", "PE", "inspector", options=["--interest",
                                                                                      f"{stage.holding.id}=100"])
    stage.accredit(sister)
    stage.tell.say(f"""{sister.name} is accredited and would gladly attest {stage.clara.name}. Both belong to
        {stage.holding.name}, as they declared themselves.""")
    error = stage.cli.try_to("self_attestation", "SELF_ATTESTATION", "attest", "issue", "--subject",
                             stage.site[stage.clara.name], *stage.attest_options, by=sister,
                             at=stage.calendar.at(-28, "09:00"))
    _say_refused(stage, error)


def mix_unlicensed(stage):
    """A registered site without a title: its gold is not turned away, and it does not get through either."""
    tell, cli, at = stage.tell, stage.cli, stage.calendar.at
    frontera = stage.register("Minera Frontera", "PE", "miner")
    site = stage.new_site("Frontera", "PE", "mine", frontera, ["--point=-13.0420,-70.5511"])
    produced = cli.record("lot", "produce", "--site", site, "--route", "gravity", "--mercury", "not-used", "--from",
                          at(-20), "--until", at(-10), "--output", f"form=dore,mass=96 g,fineness=903 permille,{XRF}",
                          by=frontera, at=at(-10, "12:00"), finding="UNLICENSED_PRODUCTION")
    cli.record("lot", "hand-over", *produced.made, "--from", frontera.id, "--to", stage.ribera.id, "--rights", "both",
               by=[frontera, stage.ribera], at=at(-9, "15:00"))
    mixed = cli.record("lot", "merge", "--input", stage.clean, "--input", produced.made[0], "--output",
                       f"form=dore,mass=276 g,fineness=921.260 permille,{XRF}", "--model", "segregated",
                       by=stage.ribera, at=at(-7, "10:00")).made[0]
    pendant = cli.record("lot", "make-piece", "--input", f"{mixed}=40 g", "--added-non-gold", "9 g", "--piece",
                         "article=pendant,serial=CR-7,metal=48.9 g,fineness=750 permille,method=nominal",
                         by=stage.ribera, at=at(-5, "16:00")).made[0]
    claim = cli.record("claim", "issue", "--piece", pendant, "--policy", "formalized", "--policy", "mercury-free",
                       by=stage.ribera, at=at(-1, "12:00")).made[0]
    tell.say(f"""{frontera.name} is registered, but holds no title. A ledger that turned its gold away would teach it to
        lie, so the gold is recorded, with a finding. {stage.ribera.name} mixes it with the clean lot, makes a pendant
        and claims the best for it.""")
    tell.fact(f"found on entry {produced.index}: {produced.findings[0]['code']}, {produced.findings[0]['message']}")
    stage.flagged.append({"case": "unlicensed_mix", "finding": produced.findings[0]["code"],
                          "verdict": _failed_verdict(stage, claim)})


def _failed_verdict(stage, claim):
    answer = stage.cli.ask("evaluate", claim, "--policy", "formalized", expect=(REFUSED,))
    (evaluation,) = answer["evaluations"]
    breaches = [reason for reason in evaluation["reasons"] if reason["bearing"] == "FAIL"]
    if evaluation["verdict"] != "FAIL" or [reason["code"] for reason in breaches] != ["LICENCE_MISSING"]:
        raise Mismatch(f"the pendant should fail for a missing licence alone: {evaluation}")
    stage.tell.fact(f"{claim}, formalized: {evaluation['verdict']}: {breaches[0]['text']}")
    return evaluation["verdict"]


def _say_refused(stage, error):
    stage.tell.fact(f"refused, {error['reason']} ({error['field']}): {error['message']}")
