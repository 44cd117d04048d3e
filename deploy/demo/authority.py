"""How authority comes into the ledger: offices, the parties of the chain, their sites, licences and attestations."""

INTERVALS = {"licensed": (-700, 1100), "accredited": (-400, 700), "attested": (-29, 337)}
VISITS = (-29, -28, -27)  # days on which the inspector is at each of the mines


def give_offices(stage):
    """Root registers an authority and an accreditor and gives each its office: all else follows from them."""
    tell, cli, root = stage.tell, stage.cli, stage.root
    tell.chapter("Authority")
    registry = stage.register("Andean Mining Authority", "PE", "licensing-authority", by=root)
    accreditor = stage.register("Board for Accreditation", "CH", "standards-body", by=root)
    for party, office in ((registry, "registrar"), (accreditor, "accreditor")):
        cli.record("party", "appoint", party.id, office, by=root, at=stage.calendar.at(-29, "08:30"))
    stage.registry, stage.accreditor = registry, accreditor
    tell.say("""The root key does one thing: it gives offices. A licensing authority may now register parties, sites
        and licences; a board may accredit those who attest. Nobody else can, and the log says so.""")
    tell.fact(f"{registry.name} is registrar, {registry.id}")
    tell.fact(f"{accreditor.name} is accreditor, {accreditor.id}")


def register_chain(stage):
    """Everyone through whose hands the gold will go."""
    tell, register = stage.tell, stage.register
    tell.chapter("The people")
    stage.cooperative = register("Cooperativa Alto Claro", "PE", "cooperative", "exporter")
    members = ["--member-of", stage.cooperative.id]
    stage.holding = register("Clara Holding", "PE", "auditor")
    stage.clara = register("Mina Clara", "PE", "miner", options=[*members, "--interest", f"{stage.holding.id}=60"])
    stage.lucero = register("Mina Lucero", "PE", "miner", options=members)
    stage.esperanza = register("Mina Esperanza", "CO", "miner")
    stage.exporter = register("Exportadora Rio Dulce", "CO", "exporter", "aggregator")
    stage.refiner = register("Affinerie du Lac", "CH", "refiner")
    stage.laboratory = register("Laboratoire Coupelle", "CH", "assay-laboratory")
    stage.jeweler = register("Atelier Lumen", "FR", "jeweler")
    stage.inspector = register("Inspeccion Verde", "PE", "inspector")
    tell.say("""The authority registers two small mines and their cooperative in Peru, a third mine and its exporter in
        Colombia, a refiner and a laboratory in Switzerland, a jeweler in France, and an independent inspector. Each
        signs with a key of its own, kept on its own device.""")
    tell.fact(f"{stage.clara.name} {stage.clara.id}, {stage.lucero.name} {stage.lucero.id}: members of "
              f"{stage.cooperative.name}")


def license_mines(stage):
    """Sites, titles over them, and the right to export."""
    clara = stage.new_site("Clara, level 2", "PE", "mine", stage.clara,
                           ["--withhold-point=-14.6820,-72.2114", "--disclosures", stage.folder / "clara.disclosures"])
    lucero = stage.new_site("Lucero alto", "PE", "mine", stage.lucero, ["--point=-14.7015,-72.1893"])
    esperanza = stage.new_site("Esperanza", "CO", "mine", stage.esperanza, ["--point=6.9871,-75.4127"])
    stage.site = {stage.clara.name: clara, stage.lucero.name: lucero, stage.esperanza.name: esperanza}
    stage.refinery = stage.new_site("Refinery by the lake", "CH", "refinery", stage.refiner)
    stage.workshop = stage.new_site("Workshop, rue du Four", "FR", "workshop", stage.jeweler)
    for number, country, holder, site in (("PE-T-2024-0117", "PE", stage.clara, clara),
                                          ("PE-T-2024-0231", "PE", stage.lucero, lucero),
                                          ("CO-T-2023-0008", "CO", stage.esperanza, esperanza)):
        stage.new_licence("title", number, country, holder, "--site", site, "--limit", "40 kg fine / 365 d")
    stage.export_licence = {
        "PE": stage.new_licence("export", "PE-X-0042", "PE", stage.cooperative),
        "CO": stage.new_licence("export", "CO-X-0911", "CO", stage.exporter)}
    stage.tell.say("""Each mine gets its title, cooperative and exporter their export licences. The exact place of Mina
        Clara stays out of the log: it holds a commitment, and the miners hold what opens it.""")


def inspect_mines(stage):
    """Independent eyes: accredited for a scope, on site before the gold was won."""
    at, cli = stage.calendar.at, stage.cli
    accredited_from, accredited_until = INTERVALS["accredited"]
    stage.accredit = lambda party: cli.record(
        "party", "accredit", party.id, "--scope", "mercury-free-process", "--from", at(accredited_from), "--until",
        at(accredited_until), "--reference", "BA-17020-66", by=stage.accreditor, at=at(-29, "11:00"))
    stage.accredit(stage.inspector)
    report = stage.folder / "visit.txt"
    report.write_text("No amalgam, no retort, no mercury flask on any line. Tailings sampled at five points.\n",
                      encoding="utf-8")

    def seen_on(day):
        return ["--scope", "mercury-free-process", "--conclusion", "conformant", "--visit", "unannounced",
                "--lines", "all", "--observed-from", at(day, "07:00"), "--observed-until", at(day, "16:00"),
                "--valid-from", at(day, "07:00"), "--valid-until", at(INTERVALS["attested"][1]),
                "--document", f"{report}=Report of the visit"]

    # Nobody is in Peru and in Colombia on one day: that would be found.
    for site, day in zip(stage.site.values(), VISITS):
        made = cli.record("attest", "issue", "--subject", site, *seen_on(day), by=stage.inspector,
                          at=at(day, "18:00")).made
    stage.attest_options = seen_on(VISITS[0])
    stage.tell.say(f"""The board accredits {stage.inspector.name} to attest mercury-free processing. It comes to the
        three mines unannounced and signs what it saw. Its report enters the log by its hash alone.""")
    stage.tell.fact(f"{made[0]}: no mercury on any line of {stage.esperanza.name}")
