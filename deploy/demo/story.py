"""`./run demo`: a true story on a real node, from three mines to twelve rings, and what happens to those who cheat.

    story.py --bin DIR [--out DIR] [--json] [--keep]

Starts `touchstoned` on a free port with its store in a temporary directory and plays every step through `touchstone`.
Bundle and trust file are left in the folder of --out (build/demo). With --json the story goes to standard error, and
the last line of standard output is one JSON object. Exits with 0 only if everything went as it must.
"""

import sys

sys.dont_write_bytecode = True  # the folder of the program stays as it came

import argparse
import datetime
import json
import pathlib
import shutil
import signal
import subprocess
import tempfile

import authority
import dark
import proof
import road
from node import Node, NodeError
from telling import Calendar, Teller, typed
from touchstone import Mismatch, Touchstone

ROOT = pathlib.Path(__file__).resolve().parents[2]
ORIGIN = "gold.example/demo"


class Stage:
    """What the chapters share: the node, the command, the teller, the calendar, and whatever came up so far."""

    def __init__(self, node, cli, tell, calendar, folder, out):
        self.node, self.cli, self.tell, self.calendar = node, cli, tell, calendar
        self.folder, self.out = folder, out
        self.flagged = []
        self.verdict, self.tamper_detected = "", False

    # --- Sentences that several chapters use ------------------------------------------------------------------------

    def register(self, name, country, *roles, by=None, options=()):
        """Registers an organisation under a fresh key."""
        party = self.cli.new_party(name, self.folder)
        wanted = [option for role in roles for option in ("--role", role)]
        party.id = self.cli.record("party", "register", "--name", name, "--country", country, *wanted, "--public-key",
                                   party.public_key, *options, by=by or self.registry,
                                   at=self.calendar.at(-29, "08:00")).made[0]
        return party

    def new_site(self, name, country, kind, operator, options=()):
        # Every mine of this story is a small one.
        scale = ["--scale", "artisanal"] if kind == "mine" else []
        return self.cli.record("site", "register", "--name", name, "--country", country, "--kind", kind, "--operator",
                               operator.id, *scale, *options, by=self.registry,
                               at=self.calendar.at(-29, "09:00")).made[0]

    def new_licence(self, kind, number, country, holder, *options):
        valid_from, valid_until = authority.INTERVALS["licensed"]
        return self.cli.record("licence", "register", "--kind", kind, "--holder", holder.id, "--number", number,
                               "--country", country, "--from", self.calendar.at(valid_from), "--until",
                               self.calendar.at(valid_until), *options, by=self.registry,
                               at=self.calendar.at(-29, "10:00")).made[0]

    def sign_production(self, miner, materials, route, at):
        """Signs what a mine won, on the phone; the ids of the lots."""
        outputs = [option for material in materials for option in ("--output", material)]
        return self.cli.sign(self.phone, "lot", "produce", "--site", self.site[miner.name], "--route", route,
                             "--mercury", "not-used", "--from", self.calendar.at(-26), "--until", self.calendar.at(-15),
                             *outputs, by=miner, at=at).made

    def export_and_offer(self, holder, lot, country, reference, at):
        """Sends a lot to the refiner in Switzerland; the offer's id."""
        self.cli.record("lot", "export", lot, "--from", country, "--to", "CH", "--licence",
                        self.export_licence[country], "--customs-reference", f"{country}-DAM-{reference}", by=holder,
                        at=at)
        return self.cli.record("lot", "offer", lot, "--to", self.refiner.id, "--rights", "both", "--reference",
                               reference, by=holder, at=at).made[0]


CHAPTERS = (
    authority.give_offices, authority.register_chain, authority.license_mines, authority.inspect_mines,
    road.win_gold, road.hand_over, road.export_from_peru, road.export_from_colombia, road.receive_at_refiner,
    road.melt_and_refine, road.make_rings,
    dark.meet_the_dark_side, dark.sell_twice, dark.gain_mass, dark.attest_oneself, dark.mix_unlicensed,
    proof.trace_ring, proof.judge_ring, proof.write_bundle,
)


def found_ledger(stage):
    """A root key, a genesis, a node that serves it."""
    stage.tell.title("Touchstone: from a mine to a ring")
    stage.tell.chapter("A ledger begins")
    stage.root = stage.cli.new_party("root", stage.folder)
    founded = stage.node.found(ORIGIN, stage.root.key_file, "The ledger of a demonstration")
    stage.node.start()
    stage.cli.server = stage.node.grpc
    stage.cli.count_genesis()
    stage.tell.say("""A log that only grows, signed by one key, served by one node. Every statement below is signed by
        who makes it, and each receipt is checked with the log's public key. What the node has signed it cannot change
        without being caught.""")
    stage.tell.fact(f"genesis {founded['genesis']} of {founded['origin']}, served at {stage.node.grpc}")


def play(stage):
    found_ledger(stage)
    for chapter in CHAPTERS:
        chapter(stage)
    stage.node.stop()
    proof.verify_offline(stage)
    proof.tamper(stage)


def outcome(stage):
    """What the story came to, in the terms of the schema of --json; a Mismatch when the sums do not add up."""
    cli = stage.cli
    result = {
        "events": cli.accepted + len(cli.refused),
        "accepted": cli.accepted,
        "refused": cli.refused,
        "flagged": stage.flagged,
        "verdict": stage.verdict,
        "bundle": str(stage.bundle),
        "trust": str(stage.trust_copy),
        "bundle_verified": stage.verdict == "PASS",
        "tamper_detected": stage.tamper_detected,
        "checkpoint": stage.checkpoint,
    }
    if stage.checkpoint["size"] != cli.accepted:
        raise Mismatch(f"{cli.accepted} events were admitted, but the log has {stage.checkpoint['size']} entries")
    if not (result["bundle_verified"] and result["tamper_detected"]):
        raise Mismatch(f"the bundle should verify, and no longer after a flipped byte: {result}")
    return result


def sum_up(stage, result):
    """The figures, and the one thing that is left to do for whoever does not believe them."""
    stage.tell.chapter("The sum")
    stage.tell.say(f"{result['events']} events: {result['accepted']} admitted, {len(result['refused'])} refused. Check "
                   "the file yourself, with no server running:")
    stage.tell.command(f"{typed(stage.cli.program)} verify {typed(stage.bundle)} --trust {typed(stage.trust_copy)}")


def keep(stage, result):
    """Serves the ledger again, and says how to look at it."""
    stage.node.start()
    result.update(grpc=stage.node.grpc, http="", pid=stage.node.pid,
                  claim_url=stage.cli.ask("claim", "qr", stage.claim)["address"])
    program = typed(stage.cli.program)
    stage.tell.chapter("What to try next")
    stage.tell.say("The node serves again. Every command has --help.")
    for line in (f"export TOUCHSTONE_SERVER={stage.node.grpc}",
                 f"{program} party list",
                 f"{program} log entries --trust {typed(stage.trust_copy)}",
                 f"{program} trace {stage.claim}",
                 f"{program} evaluate {stage.claim} --policy mercury-free",
                 f"{program} claim qr {stage.claim}",
                 f"kill {stage.node.pid}; rm -r {stage.folder}    # when you have seen enough"):
        stage.tell.command(line)


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./run demo", description="A story from mine to ring, on a real node.")
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="where touchstoned and touchstone are")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build" / "demo", help="where bundle and trust go")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON; the story goes to stderr")
    parser.add_argument("--keep", action="store_true", help="leave the node running")
    return parser.parse_args()


def set_stage(arguments, folder):
    tell = Teller(sys.stderr if arguments.json else sys.stdout)
    node = Node(arguments.bin / "touchstoned", folder)
    cli = Touchstone(arguments.bin / "touchstone", folder / "ledger" / "trust.toml")
    calendar = Calendar(datetime.datetime.now(datetime.timezone.utc))
    arguments.out.mkdir(parents=True, exist_ok=True)
    return Stage(node, cli, tell, calendar, folder, arguments.out.resolve())


def perform(arguments, stage):
    """The whole story; its outcome."""
    play(stage)
    result = outcome(stage)
    sum_up(stage, result)
    if arguments.keep:
        keep(stage, result)
    return result


def main():
    arguments = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="touchstone-demo-"))
    stage = set_stage(arguments, folder)
    result = None
    try:
        result = perform(arguments, stage)
    except (Mismatch, NodeError, OSError, subprocess.TimeoutExpired) as error:
        print(f"demo: {error}", stage.node.last_words(), sep="\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    finally:
        if result is None or not arguments.keep:
            stage.node.abandon()
            shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
