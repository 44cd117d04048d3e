"""A log that changes its key, and ends, among its witnesses, a replica and readers: as processes, over the command line.

Who trusted the old key follows to the new one without trusting the server; who stole the old one gets nowhere.
"""

import base64
import hashlib
import json
import pathlib
import sys
import tempfile
import unittest

import nacl.signing

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]

import wire
from client import Author, sign
from daemon import Daemon
from node import ORIGIN, key_of, run
from world import World, fetch, until

SUCCESSOR = "gold.example/test-2"
DONE, REFUSED, NOT_VERIFIABLE = 0, 1, 3


def setUpModule():
    stubs = tempfile.TemporaryDirectory(prefix="touchstone-stubs-")
    unittest.addModuleCleanup(stubs.cleanup)
    wire.generate_stubs(stubs.name)


class Desk:
    """Somebody with a trust file and the command."""

    def __init__(self, world, name):
        self.world = world
        self.trust = world.folder / f"{name}.toml"
        self.trust.write_bytes(world.node.trust.read_bytes())

    def run(self, *arguments, trust=None, at=None):
        """Exit code and the JSON that was printed."""
        finished = run("touchstone", *arguments, "--trust", trust or self.trust, "--server", at or self.world.node.grpc,
                       "--json")
        return finished.returncode, json.loads(finished.stdout) if finished.stdout else finished.stderr


class Rotation(unittest.TestCase):
    """The story in the order in which an operator acts; each test is a world of its own."""

    def setUp(self):
        self.world = self.enterContext(World())
        self.node = self.world.node
        self.new_key = self.world.folder / "log-2.key"
        self.assertEqual(run("touchstone", "key", "new", self.new_key, "--name", ORIGIN).returncode, 0)
        shown = json.loads(run("touchstone", "key", "show", self.new_key, "--json").stdout)
        self.new_hex, self.new_vkey = shown["public_key"], shown["vkey"]
        self.reader = Desk(self.world, "reader")
        self.old_vkey = self.node.log_vkey

    # --- What is said ---

    def say(self, keys, **body):
        """Submits an event; its receipt as a file of its kind, and the ids it made."""
        payload = self.world.author.payload(keys, **body)
        status, answer = fetch(self.node.http, "/add", sign(payload, keys))
        self.assertEqual(status, 200, answer)
        return wire.event_id(payload)

    def tell_of_gold(self):
        """A lot of doré with all that it takes: registrar, miner, mine."""
        authority, custody, quantity = map(wire.module, ("authority_pb2", "custody_pb2", "quantity_pb2"))
        root, registrar, miner = self.node.root, key_of("registrar"), key_of("miner")

        def register(by, name, key, role):
            return wire.object_id("party", self.say([by], register_party=authority.RegisterParty(
                name=name, country="PE", roles=[role], keys=[bytes(key.verify_key)])))

        office = register(root, "Registry", registrar, authority.ROLE_LICENSING_AUTHORITY)
        self.say([root], appoint=authority.Appoint(party_id=office, office=authority.OFFICE_REGISTRAR))
        north = register(registrar, "North", miner, authority.ROLE_MINER)
        site = wire.object_id("site", self.say([registrar], register_site=authority.RegisterSite(
            name="North adit", country="PE", kind=authority.RegisterSite.KIND_MINE, operator_party_id=north,
            point=quantity.GeoPoint(latitude_e7=-150_000_000, longitude_e7=-700_000_000))))
        event = self.world.author.event([miner])
        produce = custody.Produce(site_id=site, period_from_us=event.occurred_at_us - 7_200_000_000,
                                  period_until_us=event.occurred_at_us - 3_600_000_000,
                                  route=quantity.PROCESS_ROUTE_GRAVITY, mercury_use=quantity.MERCURY_USE_NOT_USED)
        produce.outputs.add(form=quantity.FORM_DORE, gross_mg=100_000, fineness=quantity.Fineness(
            ppm=900_000, method=quantity.ASSAY_METHOD_XRF, uncertainty_ppm=10_000))
        return wire.object_id("lot", self.say([miner], produce=produce))

    def bundle(self, lot, name):
        file = self.world.folder / name
        code, answer = self.reader.run("bundle", lot, "--policy", "formalized", "-o", file)
        self.assertEqual(code, DONE, answer)
        return file

    def proof(self, desk, index, name):
        """An entry with its proof, kept as a receipt is."""
        file = self.world.folder / name
        code, answer = desk.run("log", "proof", index, "--out", file)
        self.assertEqual(code, DONE, answer)
        return file

    def verdict_of(self, bundle, trust):
        """What verify says: NOT_VERIFIABLE and its reason, or that the bundle holds."""
        code, answer = self.reader.run("verify", bundle, trust=trust)
        return answer.get("reason", answer) if code == NOT_VERIFIABLE else "holds"

    def rotate(self):
        """The operator's acts: the new key beside the old one, then the event. The size before it."""
        self.node.stop()
        self.world.start_node("--log-key-files", self.new_key)
        before = self.world.newest().size
        finished = run("touchstone", "log", "rotate-key", self.new_hex, "--key", self.node.root_file, "--server",
                       self.node.grpc, "--trust", self.node.trust, "--json")
        self.assertEqual(finished.returncode, DONE, finished.stdout + finished.stderr)
        self.assertEqual(json.loads(finished.stdout)["index"], before)
        return before

    def end_overlap(self):
        """The old key is taken away, and the new one put in its place."""
        self.node.stop()
        self.new_key.replace(self.node.data / "log.key")
        self.world.start_node()

    def note(self, address=None, newest=True):
        status, body = fetch(address or self.node.http, "/checkpoint/latest" if newest else "/checkpoint")
        return body.decode() if status == 200 else None

    def is_signed_by(self, note, vkey):
        try:
            wire.Checkpoint(note, vkey)
        except ValueError:
            return False
        return True

    def await_all(self, vkey):
        """Witnesses and replica come to the log's size, under this key."""
        size = wire.Checkpoint(self.note(), vkey).size

        def together():
            shown = [self.note(newest=False), self.note(self.world.replica.addresses["http"])]
            shown += [witness.checkpoint() for witness in self.world.witnesses]
            return all(note is not None and self.is_signed_by(note, vkey) and wire.Checkpoint(note, vkey).size == size
                       for note in shown)

        until(together, f"log, witnesses and replica at {size} entries under the key")

    # --- Tests ---

    def test_is_announced_only_when_the_new_key_is_at_hand(self):
        size = self.world.newest().size
        finished = run("touchstone", "log", "rotate-key", self.new_hex, "--key", self.node.root_file, "--server",
                       self.node.grpc, "--json")
        self.assertEqual(finished.returncode, REFUSED, finished.stdout)
        self.assertEqual(json.loads(finished.stdout)["error"]["reason"], "LOG_KEY_ABSENT")
        self.assertEqual(self.world.newest().size, size)
        self.assertTrue(self.world.add())
        # And once it is announced, the node does not start without it.
        self.rotate()
        self.node.stop()
        with self.assertRaisesRegex(RuntimeError, "name its file in log_key_files.*LOG_KEY_MISMATCH"):
            self.world.start_node()
        self.world.start_node("--log-key-files", self.new_key)

    def test_leads_everyone_from_the_old_key_to_the_new(self):
        lot = self.tell_of_gold()
        old_bundle = self.bundle(lot, "old.touchstone")
        old_proof = self.proof(self.reader, 2, "old.tlog-proof")
        size = self.rotate()
        self.assertTrue(self.world.add())
        # Both keys sign: who knows only the old one goes on, with witnesses and replica as they are.
        note = self.note()
        self.assertTrue(self.is_signed_by(note, self.old_vkey) and self.is_signed_by(note, self.new_vkey))
        self.await_all(self.old_vkey)
        both_bundle = self.bundle(lot, "both.touchstone")

        # The reader moves, by what the server shows and he checks.
        old_trust = self.world.folder / "stays.toml"
        old_trust.write_bytes(self.reader.trust.read_bytes())
        code, told = self.reader.run("log", "keys")
        self.assertEqual((code, told["moved"], told["written"]), (DONE, True, False))
        self.assertEqual(self.reader.trust.read_bytes(), old_trust.read_bytes())
        code, told = self.reader.run("log", "keys", "--write")
        self.assertEqual((code, told["moved"], told["written"]), (DONE, True, True))
        self.assertEqual(told["keys"], [{"key": self.old_vkey, "from_size": 1, "until_size": size},
                                        {"key": self.new_vkey, "from_size": size + 1, "until_size": None}])
        code, told = self.reader.run("log", "keys", "--write")
        self.assertEqual((code, told["moved"]), (DONE, False))

        # The plain witness is told of the new key; the executing one and the replica find it in the log.
        plain, executing = self.world.witnesses
        plain.daemon.stop()
        plain.start(self.old_vkey, self.new_vkey)
        self.assertTrue(self.world.add())
        self.await_all(self.new_vkey)
        self.end_overlap()
        self.assertTrue(self.world.add())
        note = self.note()
        self.assertFalse(self.is_signed_by(note, self.old_vkey))
        self.await_all(self.new_vkey)
        self.world.replica.stop()
        self.world.start_replica()
        self.assertTrue(self.world.add())
        self.await_all(self.new_vkey)

        # Old and new, before and after: all hold for who moved; who stayed has what the old key signed.
        new_bundle = self.bundle(lot, "new.touchstone")
        new_proof = self.proof(self.reader, size, "new.tlog-proof")
        for bundle in (old_bundle, both_bundle, new_bundle):
            self.assertEqual(self.verdict_of(bundle, self.reader.trust), "holds")
        for bundle, expected in ((old_bundle, "holds"), (both_bundle, "holds"), (new_bundle, "CHECKPOINT_NOT_TRUSTED")):
            self.assertEqual(self.verdict_of(bundle, old_trust), expected)
        for proof in (old_proof, new_proof):
            self.assertEqual(self.reader.run("log", "verify-proof", proof)[0], DONE)
        self.assertEqual(self.reader.run("log", "verify-proof", new_proof, trust=old_trust)[0], NOT_VERIFIABLE)
        self.assertEqual(self.reader.run("audit", "replay")[0], DONE)
        # However late one comes: the hand-over is kept, by the node and by the replica that saw it.
        for number, server in enumerate((self.node.grpc, self.world.replica.addresses["grpc"])):
            late = self.world.folder / f"late-{number}.toml"
            late.write_bytes(old_trust.read_bytes())
            code, told = self.reader.run("log", "keys", "--write", trust=late, at=server)
            self.assertEqual((code, told["moved"]), (DONE, True))
            self.assertEqual(self.verdict_of(new_bundle, late), "holds")
        # And who knows nothing yet finds his way from genesis.
        first = self.world.folder / "first.toml"
        taken = run("touchstone", "log", "trust", "-o", first, "--server", self.node.grpc)
        self.assertEqual(taken.returncode, DONE, taken.stderr)
        self.assertEqual(self.verdict_of(new_bundle, first), "holds")
        self.assertEqual(self.verdict_of(old_bundle, first), "holds")

    def test_leaves_a_thief_of_the_old_key_with_nothing(self):
        stolen = self.world.folder / "stolen.key"
        stolen.write_bytes((self.node.data / "log.key").read_bytes())
        lot = self.tell_of_gold()
        size = self.rotate()
        self.assertTrue(self.world.add())
        plain = self.world.witnesses[0]
        plain.daemon.stop()
        plain.start(self.old_vkey, self.new_vkey)
        self.assertTrue(self.world.add())
        self.await_all(self.new_vkey)
        self.assertEqual(self.reader.run("log", "keys", "--write")[0], DONE)
        bundle = self.bundle(lot, "true.touchstone")

        # He signs the true tree, and one of his own, by the old key alone.
        seed = stolen.read_text(encoding="ascii").strip().split("+", 4)[4]
        thief = nacl.signing.SigningKey(base64.b64decode(seed)[1:])
        text = self.note().rpartition("\n\n")[0] + "\n"
        grown = text.split("\n")
        grown[1] = str(int(grown[1]) + 1)
        for forged in (sign_note(text, thief, self.old_vkey), sign_note("\n".join(grown), thief, self.old_vkey)):
            self.assertTrue(self.is_signed_by(forged, self.old_vkey))
            for witness in self.world.witnesses:
                before = witness.checkpoint()
                request = f"old {wire.Checkpoint(before, self.new_vkey).size}\n\n{forged}".encode()
                status, body = fetch(witness.daemon.addresses["http"], "/add-checkpoint", request)
                self.assertIn(status, (403, 422), body)
                self.assertEqual(witness.checkpoint(), before)
        # A reader who moved believes no bundle under it.
        bundles = wire.module("proof_pb2")
        lie = bundles.Bundle.FromString(bundle.read_bytes())
        lie.checkpoint = sign_note(lie.checkpoint.rpartition("\n\n")[0] + "\n", thief, self.old_vkey)
        forged_bundle = self.world.folder / "forged.touchstone"
        forged_bundle.write_bytes(lie.SerializeToString())
        self.assertEqual(self.verdict_of(bundle, self.reader.trust), "holds")
        self.assertEqual(self.verdict_of(forged_bundle, self.reader.trust), "CHECKPOINT_NOT_TRUSTED")
        self.assertGreater(wire.Checkpoint(lie.checkpoint, self.old_vkey).size, size)

    def test_ends_and_goes_on_in_a_successor_that_names_it(self):
        self.rotate()
        self.await_all(self.old_vkey)
        premature = self.found("premature")
        self.assertEqual((premature.returncode != DONE, "PREDECESSOR_NOT_FROZEN" in premature.stderr), (True, True))
        payload = self.world.author.payload([self.node.root], register_party=wire.module("authority_pb2").RegisterParty(
            name="Last", country="PE", roles=[1]))
        last = sign(payload, [self.node.root])
        self.assertEqual(fetch(self.node.http, "/add", last)[0], 200)
        frozen = run("touchstone", "log", "freeze", "--successor", SUCCESSOR, "--key", self.node.root_file, "--server",
                     self.node.grpc, "--json")
        self.assertEqual(frozen.returncode, DONE, frozen.stdout)
        size = json.loads(frozen.stdout)["index"] + 1

        # Nothing more is admitted; what was is answered; what is there is served and witnessed.
        status, answer = fetch(self.node.http, "/add", sign(self.world.author.payload(
            [self.node.root], register_party=wire.module("authority_pb2").RegisterParty(
                name="Late", country="PE", roles=[1])), [self.node.root]))
        self.assertEqual((status >= 400, b"LOG_FROZEN" in answer), (True, True), answer)
        self.assertEqual(fetch(self.node.http, "/add", last)[0], 200)
        self.await_all(self.old_vkey)
        self.node.stop()
        self.world.start_node("--log-key-files", self.new_key)
        self.assertEqual(wire.Checkpoint(self.note(), self.new_vkey).size, size)
        code, told = self.reader.run("log", "keys")
        self.assertEqual((code, told["frozen"]["successor"]), (DONE, SUCCESSOR))
        self.assertEqual(self.node.fsck()["ok"] if self.node.stop() == 0 else None, True)
        self.world.start_node("--log-key-files", self.new_key)
        self.await_all(self.old_vkey)

        # Its successor names it; nobody else can claim to be that.
        self.assertEqual(wire.Checkpoint(self.note(newest=False), self.new_vkey).size, size)
        other = self.found("other", origin="gold.example/impostor")
        self.assertIn("PREDECESSOR_GOES_ELSEWHERE", other.stderr)
        founded = self.found("successor")
        self.assertEqual(founded.returncode, DONE, founded.stderr)
        anchor = json.loads(founded.stdout)
        final = wire.Checkpoint(self.note(), self.new_vkey)
        self.assertEqual(anchor["predecessor"], {"origin": ORIGIN, "genesis": self.node.genesis_id.hex(), "size": size,
                                                 "root": final.root.hex()})
        successor = Daemon(self.world.folder, "successor-node")
        self.addCleanup(successor.kill)
        data = self.world.folder / "successor"
        successor.start("serve", "--data", data, "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0")
        code, told = self.reader.run("log", "keys", trust=data / "trust.toml", at=successor.addresses["grpc"])
        self.assertEqual(code, DONE, told)
        self.assertEqual(told["predecessor"], {"origin": ORIGIN, "size": size, "root": final.root.hex()})
        author = Author(bytes.fromhex(anchor["genesis"]))
        event = author.payload([self.node.root], register_party=wire.module("authority_pb2").RegisterParty(
            name="First", country="PE", roles=[1]))
        self.assertEqual(fetch(successor.addresses["http"], "/add", sign(event, [self.node.root]))[0], 200)

    def found(self, name, origin=SUCCESSOR):
        return run("touchstoned", "init", "--data", self.world.folder / name, "--origin", origin, "--root-key",
                   self.node.root_file, "--predecessor", f"http://{self.node.http}", "--predecessor-key", self.new_vkey,
                   "--json")


def sign_note(text, key, vkey):
    """A note under one signature, as signed-note has it."""
    name = vkey.split("+", 1)[0]
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + bytes(key.verify_key)).digest()[:4]
    blob = base64.b64encode(key_id + key.sign(text.encode()).signature).decode()
    return f"{text}\n\N{EM DASH} {name} {blob}\n"


if __name__ == "__main__":
    unittest.main()
