"""The road of the gold: three mines, two ways out of two countries, one refiner, one jeweler, twelve rings."""

from touchstone import Mismatch

XRF = "method=xrf,uncertainty=8 permille"
FIRE = "method=fire-assay,uncertainty=0.2 permille"
RINGS = 12
POLICIES = ("formalized", "mercury-free")


def win_gold(stage):
    """Two mines sign on phones without a network; lots get their ids there, so that a hand-over can name them."""
    tell, cli, at = stage.tell, stage.cli, stage.calendar.at
    tell.chapter("Gold is won, far from any network")
    stage.phone = stage.folder / "mountain.events"
    clara = [f"form=dore,mass=412.600 g,fineness=921 permille,{XRF},seal=AC-0171",
             f"form=dore,mass=388.200 g,fineness=917 permille,{XRF},seal=AC-0172"]
    lucero = [f"form=dore,mass=356.900 g,fineness=934 permille,{XRF},seal=AC-0188",
              f"form=dore,mass=301.400 g,fineness=929 permille,{XRF},seal=AC-0189",
              f"form=dore,mass=180.000 g,fineness=931 permille,{XRF},seal=AC-0190"]
    stage.clara_lots = stage.sign_production(stage.clara, clara, "gravity-direct-smelting", at(-15, "17:00"))
    stage.lucero_lots = stage.sign_production(stage.lucero, lucero, "gravity-direct-smelting", at(-15, "17:30"))
    tell.say(f"""{stage.clara.name} and {stage.lucero.name} crush, wash and table their ore and smelt the concentrate
        with borax: no mercury. Their phones have no signal, so each statement is signed into a file. The id of a lot
        follows from the event that makes it: the next event can name it before any server has heard of it.""")
    tell.fact(f"{stage.clara.name} signed {len(stage.clara_lots)} lots, {stage.lucero.name} {len(stage.lucero_lots)}; "
              f"the first is {stage.clara_lots[0]}")


def hand_over(stage):
    """Face to face: one event, two signatures. Once on two devices, once on one."""
    tell, cli, at = stage.tell, stage.cli, stage.calendar.at
    to_cooperative = ["--to", stage.cooperative.id, "--rights", "both"]
    cli.sign(stage.phone, "lot", "hand-over", *stage.clara_lots, "--from", stage.clara.id, *to_cooperative,
             by=stage.clara, at=at(-13, "10:00"), cosigner=stage.cooperative)
    if cli.cosign(stage.phone, stage.cooperative) != 1:
        raise Mismatch("the cooperative should have had one hand-over to cosign")
    cli.sign(stage.phone, "lot", "hand-over", *stage.lucero_lots[:2], "--from", stage.lucero.id, *to_cooperative,
             by=[stage.lucero, stage.cooperative], at=at(-13, "11:00"))
    events = cli.submit(stage.phone)
    tell.say("""At the scale of the cooperative the gold changes hands. A hand-over is one event with two signatures:
        the miner signs on her phone, the buyer adds his on another. In the valley there is a network, and the file goes
        out, what is needed first.""")
    tell.fact(f"{len(events)} events of the mountain are in the log, entries {events[0].index} to {events[-1].index}")


def export_from_peru(stage):
    """The cooperative puts its lots together, exports them and offers them to the refiner."""
    tell, cli, at = stage.tell, stage.cli, stage.calendar.at
    tell.chapter("Out of Peru, out of Colombia")
    lots = [*stage.clara_lots, *stage.lucero_lots[:2]]
    inputs = [option for lot in lots for option in ("--input", lot)]
    stage.parcel = cli.record("lot", "merge", *inputs, "--output",
                              f"form=dore,mass=1459.100 g,fineness=924.768 permille,{XRF},seal=AC-0200", "--model",
                              "segregated", by=stage.cooperative, at=at(-12, "09:00")).made[0]
    stage.peru_offer = stage.export_and_offer(stage.cooperative, stage.parcel, "PE", "AC-2", at(-11, "08:00"))
    tell.say(f"""{stage.cooperative.name} puts four lots together, segregated: all from its own members, nothing else.
        It exports the parcel under its licence and offers it to the refiner.""")
    tell.fact(f"1459.1 g of doré at 924.768 permille, {stage.parcel}")


def export_from_colombia(stage):
    """The third mine leaches ore that mercury never touched; its exporter buys, exports and offers."""
    tell, cli, at = stage.tell, stage.cli, stage.calendar.at
    lots = cli.record("lot", "produce", "--site", stage.site[stage.esperanza.name], "--route", "cyanidation",
                      "--mercury", "not-used", "--from", at(-26), "--until", at(-14), "--output",
                      f"form=dore,mass=1240.500 g,fineness=884 permille,{XRF},seal=ES-031", by=stage.esperanza,
                      at=at(-14, "12:00")).made
    offer = cli.record("lot", "offer", *lots, "--to", stage.exporter.id, "--rights", "both", "--reference", "ES-INV-12",
                       by=stage.esperanza, at=at(-13, "14:00")).made[0]
    cli.record("lot", "accept", offer, "--received", f"{lots[0]}=1240.46 g", by=stage.exporter, at=at(-12, "10:00"))
    stage.dore = lots[0]
    stage.colombia_offer = stage.export_and_offer(stage.exporter, stage.dore, "CO", "RD-77", at(-10, "08:00"))
    tell.say(f"""In Colombia, {stage.esperanza.name} leaches fresh ore with cyanide in closed tanks. Its exporter
        accepts the doré, weighs it, exports it and offers it to the same refiner.""")
    tell.fact(f"1240.5 g of doré at 884 permille, {stage.dore}")


def receive_at_refiner(stage):
    """What arrives is weighed; what looks odd waits in quarantine."""
    tell, cli, at = stage.tell, stage.cli, stage.calendar.at
    tell.chapter("At the refiner")
    cli.record("lot", "accept", stage.peru_offer, "--received", f"{stage.parcel}=1459.02 g", by=stage.refiner,
               at=at(-8, "09:00"))
    cli.record("lot", "accept", stage.colombia_offer, "--quarantine", by=stage.refiner, at=at(-8, "09:40"))
    cli.record("lot", "receive", "--received", f"{stage.dore}=1240.50 g", "--release-from-quarantine", by=stage.refiner,
               at=at(-7, "15:00"))
    tell.say("""The Peruvian parcel weighs what its papers say, within what two good scales may differ by. The Colombian
        one goes to quarantine until its seal is checked, then it is released. Had a scale disagreed, the log would
        have kept that as a finding.""")


def melt_and_refine(stage):
    """A melt whose fineness is pending, a fire assay that determines it, and bars."""
    tell, cli, at = stage.tell, stage.cli, stage.calendar.at
    steps = ["--site", stage.refinery, "--mercury", "not-used", "--model", "segregated"]
    melt = cli.record("lot", "melt", "--input", stage.parcel, "--input", stage.dore, "--output",
                      "form=dore,mass=2688.400 g", "--route", "melting", "--reference", "melt 1183", *steps,
                      by=stage.refiner, at=at(-7, "17:00")).made[0]
    cli.record("lot", "assay", melt, "--fineness", "908.6 permille", "--method", "fire-assay", "--uncertainty",
               "0.2 permille", "--certificate", "LC-55102", "--standing", "buyer", by=stage.laboratory,
               at=at(-6, "11:00"))
    bars = [option for serial, mass in (("AL-90441", "1000"), ("AL-90442", "1000"), ("AL-90443", "339.9"),
                                        ("AL-90444", "100"))
            for option in ("--output",
                           f"form=bar,mass={mass} g,fineness=999.6 permille,{FIRE},serial={serial},mark=AL")]
    stage.bars = cli.record("lot", "refine", "--input", melt, *bars, "--route", "refining-electrolysis", *steps,
                            by=stage.refiner, at=at(-4, "16:00")).made
    tell.say(f"""Both are melted together. Until {stage.laboratory.name} has assayed the melt by fire its fineness is
        pending, and it can be neither refined nor sold. The result may not exceed what went in; what is missing is
        booked as loss. Electrolysis makes four bars of 999.6.""")
    tell.fact(f"{melt} became {len(stage.bars)} bars, the smallest {stage.bars[-1]}")


def make_rings(stage):
    """The jeweler takes the small bar, alloys it to 750 and makes twelve rings in one event."""
    tell, cli, at = stage.tell, stage.cli, stage.calendar.at
    tell.chapter("Twelve rings")
    offer = cli.record("lot", "offer", stage.bars[-1], "--to", stage.jeweler.id, "--rights", "both", by=stage.refiner,
                       at=at(-4, "18:00")).made[0]
    cli.record("lot", "accept", offer, by=stage.jeweler, at=at(-3, "09:00"))
    alloy = cli.record("lot", "alloy", "--input", stage.bars[-1], "--added-non-gold", "33.28 g", "--output",
                       "form=alloy,mass=133.1 g,fineness=750 permille,method=nominal", "--site", stage.workshop,
                       by=stage.jeweler, at=at(-3, "14:00")).made[0]
    rings = [option for i in range(RINGS) for option in ("--piece", _ring(i))]
    made = cli.record("lot", "make-piece", "--input", alloy, *rings, "--leftover",
                      "form=scrap,mass=33.6 g,fineness=750 permille,method=nominal", "--site", stage.workshop,
                      by=stage.jeweler, at=at(-2, "17:00"))
    stage.rings = made.made[:RINGS]
    tell.say(f"""{stage.jeweler.name} buys the 100 g bar, alloys it to 750 permille and makes twelve rings. One event
        names all of them and the scrap that is left: together they hold no more gold than the bar did.""")
    tell.fact(f"{stage.rings[0]} is the first of {len(stage.rings)}")
    _claim_rings(stage, made.size)


def _ring(i):
    mass_mg = 7400 + 150 * i
    return (f"article=ring,serial=AL-R-{i + 1:03},metal={mass_mg / 1000:.3f} g,fineness=750 permille,method=nominal,"
            f"stones={'one sapphire' if i % 3 == 0 else 'none'}")


def _claim_rings(stage, evidence_size):
    """A card for each ring, signed in the workshop and sent in one go."""
    outbox = stage.folder / "claims.events"
    packs = [option for policy in POLICIES for option in ("--policy", policy)]
    for ring in stage.rings:
        stage.cli.sign(outbox, "claim", "issue", "--piece", ring, *packs, "--evidence-size", evidence_size,
                       "--statement", "Gold of three small mines, without mercury", by=stage.jeweler,
                       at=stage.calendar.at(-1, "10:00"))
    claims = stage.cli.submit(outbox)
    stage.claim = claims[0].made[0]
    stage.tell.say("""For each it signs a claim: mercury-free, and from formalized mines. A claim is nobody's opinion:
        it names policy packs by their hash, and anyone can derive the verdict again.""")
    stage.tell.fact(f"{stage.claim} claims {' and '.join(POLICIES)} for {stage.rings[0]}")
