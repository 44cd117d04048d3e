"""A log, its witnesses and a replica as processes: they die in any order, and whoever tells two histories is caught.

Every checkpoint that anyone shows is checked by these files alone: signatures by nacl, roots by hashlib.
"""

import base64
import http.server
import os
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time
import unittest

import nacl.signing

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]

import wire
from daemon import Daemon
from node import ORIGIN
from world import Witness, World, fetch, until

FULL = os.environ.get("TOUCHSTONE_FULL") == "1"
ROUNDS = 10
FULL_S = 300


def setUpModule():
    stubs = tempfile.TemporaryDirectory(prefix="touchstone-stubs-")
    unittest.addModuleCleanup(stubs.cleanup)
    wire.generate_stubs(stubs.name)


class Teller:
    """A log whose operator tells what he likes: entries of his choice as tiles over HTTP, fewer than a tile has, under
    checkpoints that the log's own key signs. Use as a context manager."""

    def __init__(self, node):
        self.log_vkey = node.log_vkey
        self.entries = []
        secret = (node.data / "log.key").read_text(encoding="ascii").splitlines()[-1].split("+", 4)[4]
        self._key = nacl.signing.SigningKey(base64.b64decode(secret)[1:])
        teller = self

        class Pages(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                page = teller.page(self.path)
                self.send_response(404 if page is None else 200)
                self.send_header("Content-Length", str(len(page or b"")))
                self.end_headers()
                self.wfile.write(page or b"")

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self.http = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def leaves(self):
        return [wire.leaf_hash(entry) for entry in self.entries]

    def checkpoint(self):
        root = base64.b64encode(wire.root_of(self.leaves())).decode()
        text = f"{ORIGIN}\n{len(self.entries)}\n{root}\n"
        key_id = bytes.fromhex(self.log_vkey.split("+", 2)[1])
        line = base64.b64encode(key_id + self._key.sign(text.encode()).signature).decode()
        return f"{text}\n\N{EM DASH} {ORIGIN} {line}\n".encode()

    def page(self, path):
        entries = self.entries
        if path in ("/checkpoint", "/checkpoint/latest"):
            return self.checkpoint()
        folder, _, width = path.partition(".p/")
        if not width.isdigit() or int(width) > len(entries):
            return None
        if folder == "/tile/0/000":
            return b"".join(self.leaves()[:int(width)])
        if folder == "/tile/entries/000":
            return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries[:int(width)])
        return None

    def consistency(self, old_size):
        """PROOF of RFC 6962, from its definition."""
        def subproof(size, leaves, whole):
            if size == len(leaves):
                return [] if whole else [wire.root_of(leaves)]
            split = 1 << (len(leaves) - 1).bit_length() - 1
            if size <= split:
                return subproof(size, leaves[:split], whole) + [wire.root_of(leaves[split:])]
            return subproof(size - split, leaves[split:], False) + [wire.root_of(leaves[:split])]

        return subproof(old_size, self.leaves(), True)

    def ask(self, witness, old_size):
        """Asks a witness for a cosignature; the status."""
        proof = self.consistency(old_size) if 0 < old_size < len(self.entries) else []
        lines = "".join(base64.b64encode(node).decode() + "\n" for node in proof)
        return fetch(witness.daemon.addresses["http"], "/add-checkpoint",
                     f"old {old_size}\n{lines}\n".encode() + self.checkpoint())[0]


def entries_of(address, size):
    """The entries that a node shows, fewer than a tile has."""
    bundle = fetch(address, f"/tile/entries/000.p/{size}")[1]
    entries = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        entries.append(bundle[2:2 + length])
        bundle = bundle[2 + length:]
    return entries


class WhoeverDies(unittest.TestCase):
    def test_nothing_inconsistent_is_ever_cosigned_and_all_come_together_again(self):
        dice = random.Random(ORIGIN)
        with World() as world:
            seen = {}

            def see(checkpoint):
                if checkpoint is not None:
                    self.assertEqual(seen.setdefault(checkpoint.size, checkpoint.root), checkpoint.root)

            def look():
                see(world.cosigned())
                see(world.cosigned(world.replica.addresses["http"]))
                for witness in world.witnesses:
                    note = witness.checkpoint()
                    see(world.open(note) if note else None)

            members = [("node", world.node, world.start_node), ("replica", world.replica, world.start_replica)]
            members += [(witness.name, witness.daemon, witness.start) for witness in world.witnesses]
            began_s, rounds = time.monotonic(), 0
            while rounds < ROUNDS or (FULL and time.monotonic() - began_s < FULL_S):
                rounds += 1
                victims = dice.sample(members, dice.randint(1, len(members)))
                world.add()
                for _, victim, _ in victims:
                    victim.kill() if dice.random() < 0.7 else victim.stop()
                    world.add()
                    look()
                for _, _, start in dice.sample(victims, len(victims)):
                    start()
                    world.add()
                    look()
            # Started while its witnesses were dead it admits nothing until they tell what they have seen.
            until(world.add, "an event that is admitted again")
            size = world.newest().size

            def together():
                look()
                shown = [world.cosigned(), world.cosigned(world.replica.addresses["http"])]
                shown += [world.open(note) if (note := witness.checkpoint()) else None for witness in world.witnesses]
                return all(checkpoint is not None and checkpoint.size == size for checkpoint in shown)

            until(together, "log, witnesses and replica at one size")
            # In about half of the rounds: a log whose witnesses were dead when it started takes nothing meanwhile.
            self.assertGreater(len(seen), rounds // 4)
            self.assert_all_are_of_one_history(world, seen, size)

    def assert_all_are_of_one_history(self, world, seen, size):
        leaves = []
        for index in range(-(-size // 256)):
            width = min(256, size - index * 256)
            path = f"/tile/0/{index:03d}" + ("" if width == 256 else f".p/{width}")
            tile = fetch(world.node.http, path)[1]
            leaves += [tile[at : at + 32] for at in range(0, len(tile), 32)]
        for cosigned_size, root in seen.items():
            self.assertEqual(wire.root_of(leaves[:cosigned_size]), root)


class AnOperatorWhoRewritesHistory(unittest.TestCase):
    def test_is_caught_by_witness_replica_and_monitor_and_by_his_own_node(self):
        with World() as world:
            for _ in range(3):
                self.assertTrue(world.add())
            world.node.stop()
            shutil.copytree(world.node.data, world.folder / "before")
            world.start_node()
            for _ in range(3):
                self.assertTrue(world.add())
            size = world.newest().size
            until(lambda: size in [checkpoint.size for checkpoint in [world.cosigned(world.replica.addresses["http"])]
                                   if checkpoint is not None], "the true history cosigned, and copied")
            self.assertEqual(world.monitor(world.node.http, world.replica.addresses["http"])[0], 0)
            # He takes the old copy, forgets what he signed, puts another entry in the place of one, and signs anew.
            rewritten = size - 3
            world.node.stop()
            shutil.rmtree(world.node.data)
            shutil.copytree(world.folder / "before", world.node.data)
            for forgotten in ("mark", "cosigned"):
                (world.node.data / forgotten).unlink(missing_ok=True)
            world.node.start(where_it_was=True)
            self.assertTrue(world.add())
            for envelope in world.told[4:6]:
                self.assertTrue(world.add(envelope))
            as_long = fetch(world.node.http, "/checkpoint")[1]
            self.assertEqual(world.open(as_long.decode()).size, size)
            for witness in world.witnesses:
                self.assertIn(self.ask(witness, size, as_long), (409, 422))
                kept = [path for path in (world.folder / witness.name).rglob("fork") if path.is_file()]
                self.assertTrue(kept, witness.name)  # who executes may keep one of its copy too
                for file in kept:
                    self.assert_accuses(world, file)
            for _ in range(2):
                self.assertTrue(world.add())
            forged = fetch(world.node.http, "/checkpoint")[1]
            # The replica finds it out by itself, keeps the proof, and serves on what it had.
            until(lambda: (world.folder / "replica" / "fork").exists(), "the replica's proof of the fork")
            self.assertEqual(world.open(fetch(world.replica.addresses["http"], "/checkpoint")[1].decode()).size, size)
            self.assert_accuses(world, world.folder / "replica" / "fork")
            # A monitor finds it by what it remembers, and from two vantage points by the one against the other.
            code, found = world.monitor(world.node.http)
            self.assertEqual((code, found["views"][0]["standing"]), (3, "forked"))
            self.assertEqual(self.assert_accuses(world, found["forks"][0]["file"])["entry"], rewritten)
            shutil.rmtree(world.folder / "monitor")
            code, found = world.monitor(world.replica.addresses["http"], world.node.http)
            self.assertEqual((code, [view["standing"] for view in found["views"]]), (3, ["forked", "forked"]))
            self.assertEqual(self.assert_accuses(world, found["forks"][0]["file"])["entry"], rewritten)
            # A witness cosigns none of it, whatever old size he claims.
            for witness in world.witnesses:
                for old_size in (0, size):
                    self.assertIn(self.ask(witness, old_size, forged), (409, 422))
                self.assertEqual(world.open(witness.checkpoint()).size, size)
            # And with its witnesses asked, his own node does not start.
            world.node.stop()
            with self.assertRaisesRegex(RuntimeError, "OTHER_HISTORY"):
                world.start_node()

    @staticmethod
    def ask(witness, old_size, checkpoint):
        return fetch(witness.daemon.addresses["http"], "/add-checkpoint", f"old {old_size}\n\n".encode() + checkpoint)[0]

    def assert_accuses(self, world, file):
        code, found = world.accuse(file)
        self.assertEqual((code, found["proven"], found["origin"]), (0, True, ORIGIN), found)
        return found


class AnOperatorWhoBreaksARule(unittest.TestCase):
    def test_is_cosigned_by_a_plain_witness_and_refused_by_whoever_executes_the_rules(self):
        with World() as world, Teller(world.node) as teller:
            for _ in range(3):
                self.assertTrue(world.add())
            honest = world.newest().size
            teller.entries = entries_of(world.node.http, honest)
            folder = world.folder / "told"
            folder.mkdir()
            plain, executing = witnesses = [Witness(folder, "plain", teller, False),
                                            Witness(folder, "executing", teller, True)]
            replica = Daemon(folder, "replica")
            for daemon in (plain.daemon, executing.daemon, replica):
                world.callback(daemon.kill)
            for witness in witnesses:
                witness.start()
            replica.start("serve", "--data", folder / "replica", "--follow", f"http://{teller.http}", "--log-key",
                          teller.log_vkey, "--grpc-listen", replica.address("grpc"), "--http-listen",
                          replica.address("http"))
            for witness in witnesses:
                until(lambda: teller.ask(witness, 0) == 200, f"the honest history cosigned by {witness.name}")
            # Nobody gave the stranger an office; he signs well, and the log takes it in and signs that.
            stranger = nacl.signing.SigningKey(b"s" * 32)
            entry = wire.module("envelope_pb2").LogEntry(
                recorded_at_us=int(time.time() * 1_000_000), envelope=world.registration([stranger]))
            teller.entries = [*teller.entries, entry.SerializeToString()]
            self.assertEqual(teller.ask(plain, honest), 200)
            until(lambda: teller.ask(executing, honest) == 422, "the executing witness refuses it")
            self.assertEqual(world.open(plain.checkpoint()).size, honest + 1)
            self.assertEqual(world.open(executing.checkpoint()).size, honest)
            until(lambda: "ENTRY_REFUSED" in replica.last_words(), "the replica ends before it")
            self.assertEqual(world.open(fetch(replica.addresses["http"], "/checkpoint")[1].decode()).size, honest)
            # It is one history, and that is all that a monitor looks at.
            self.assertEqual(world.monitor(teller.http)[0], 0)


if __name__ == "__main__":
    unittest.main()
