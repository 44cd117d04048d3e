"""A log, its witnesses and a replica as processes: they die in any order, and whoever tells two histories is caught.

Every checkpoint that anyone shows is checked by this file alone: signatures by nacl, roots by hashlib.
"""

import base64
import contextlib
import hashlib
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

import nacl.signing

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]

import wire
from client import Author, sign
from daemon import Daemon
from node import ORIGIN, Node, run

FULL = os.environ.get("TOUCHSTONE_FULL") == "1"
ROUNDS = 100 if FULL else 10
PATIENCE_S = 60


def setUpModule():
    stubs = tempfile.TemporaryDirectory(prefix="touchstone-stubs-")
    unittest.addModuleCleanup(stubs.cleanup)
    wire.generate_stubs(stubs.name)


def fetch(address, path, body=None):
    """Status and body; None and the error when nobody answers."""
    request = urllib.request.Request(f"http://{address}{path}", data=body)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
    except OSError as error:
        return None, str(error).encode()


def until(true, what):
    """Waits for a condition to be true of the world, by asking it again and again."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"never: {what}")
        time.sleep(0.02)


class Witness:
    """One of the log's witnesses."""

    def __init__(self, folder, name, node, executing):
        self.name = name
        self.key = pathlib.Path(folder) / f"{name}.key"
        made = run("touchstone", "key", "new", self.key, "--name", f"witness.example/{name}", "--cosigner")
        if made.returncode != 0:
            raise RuntimeError(made.stderr)
        self.vkey = made.stdout.strip()
        self.daemon = Daemon(folder, name)
        self.node, self.executing = node, executing

    def start(self):
        follow = ["--execute", f"{ORIGIN}=http://{self.node.http}"] if self.executing else []
        self.daemon.start("witness", "--data", self.daemon.folder / self.name, "--key", self.key, "--log",
                          self.node.log_vkey, "--listen", self.daemon.address("http"), *follow)

    def checkpoint(self):
        """The last that it cosigned; None when it does not answer."""
        status, body = fetch(self.daemon.addresses["http"], f"/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint")
        return body.decode() if status == 200 else None


class World(contextlib.ExitStack):
    """A log under a policy of two witnesses, both needed, one of which executes; and a replica that follows it."""

    def __init__(self):
        super().__init__()
        self.node = self.enter_context(Node())
        self.folder = pathlib.Path(self.enter_context(tempfile.TemporaryDirectory(prefix="touchstone-world-")))
        self.policy = self.folder / "policy"
        self.author = Author(self.node.genesis_id)
        self.count = 0
        self.node.start()
        self.witnesses = [Witness(self.folder, "plain", self.node, False),
                          Witness(self.folder, "executing", self.node, True)]
        self.replica = Daemon(self.folder, "replica")
        for daemon in [self.replica, *(witness.daemon for witness in self.witnesses)]:
            self.callback(daemon.kill)
        for witness in self.witnesses:
            witness.start()
        self.policy.write_text("".join(
            f"witness {witness.name} {witness.vkey} http://{witness.daemon.addresses['http']}\n"
            for witness in self.witnesses) + "group both all plain executing\nquorum both\n", encoding="ascii")
        self.node.stop()
        self.start_node()
        self.start_replica()

    def start_node(self):
        self.node.start("--witness-policy", self.policy, where_it_was=True)

    def start_replica(self):
        self.replica.start("serve", "--data", self.folder / "replica", "--follow", f"http://{self.node.http}",
                           "--log-key", self.node.log_vkey, "--grpc-listen", self.replica.address("grpc"),
                           "--http-listen", self.replica.address("http"))

    def add(self):
        """Submits one event; whether it was recorded."""
        self.count += 1
        authority = wire.module("authority_pb2")
        party = authority.RegisterParty(name=f"Mina {self.count}", country="PE", roles=[authority.ROLE_MINER])
        envelope = sign(self.author.payload([self.node.root], register_party=party), [self.node.root])
        return fetch(self.node.http, "/add", envelope)[0] == 200

    def newest(self):
        status, body = fetch(self.node.http, "/checkpoint/latest")
        return self.open(body.decode()) if status == 200 else None

    def cosigned(self, address=None):
        """What is shown as cosigned, which must be; None when nothing is."""
        status, body = fetch(address or self.node.http, "/checkpoint")
        if status != 200:
            return None
        note = body.decode()
        for witness in self.witnesses:
            if not cosigned_by(note, witness.vkey):
                raise AssertionError(f"shown without the signature of {witness.name}:\n{note}")
        return self.open(note)

    def open(self, note):
        return wire.Checkpoint(note, self.node.log_vkey)


def cosigned_by(note, vkey):
    """Whether a note bears a cosignature/v1 of this key, as tlog-cosignature has it."""
    name, key_id, material = vkey.split("+", 2)
    text, lines = note.rsplit("\n\n", 1)
    for line in lines.splitlines():
        dash, signer, blob = line.split(" ")
        blob = base64.b64decode(blob)
        if dash != "\N{EM DASH}" or signer != name or blob[:4].hex() != key_id:
            continue
        message = f"cosignature/v1\ntime {int.from_bytes(blob[4:12], 'big')}\n{text}\n"
        nacl.signing.VerifyKey(base64.b64decode(material)[1:]).verify(message.encode(), blob[12:])
        return True
    return False


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
            for _ in range(ROUNDS):
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
            self.assertTrue(world.add())
            size = world.newest().size

            def together():
                look()
                shown = [world.cosigned(), world.cosigned(world.replica.addresses["http"])]
                shown += [world.open(note) if (note := witness.checkpoint()) else None for witness in world.witnesses]
                return all(checkpoint is not None and checkpoint.size == size for checkpoint in shown)

            until(together, "log, witnesses and replica at one size")
            self.assertGreater(len(seen), ROUNDS // 2)
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
    def test_is_caught_by_witness_and_replica_and_by_his_own_node(self):
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
            # He takes the old copy, forgets what he signed, and goes on from there with other entries.
            world.node.stop()
            shutil.rmtree(world.node.data)
            shutil.copytree(world.folder / "before", world.node.data)
            for forgotten in ("mark", "cosigned"):
                (world.node.data / forgotten).unlink(missing_ok=True)
            world.node.start(where_it_was=True)
            for _ in range(5):
                self.assertTrue(world.add())
            forged = fetch(world.node.http, "/checkpoint")[1]
            # The replica finds it out by itself, keeps the proof, and serves on what it had.
            until(lambda: (world.folder / "replica" / "fork").exists(), "the replica's proof of the fork")
            self.assertEqual(world.open(fetch(world.replica.addresses["http"], "/checkpoint")[1].decode()).size, size)
            # A witness cosigns none of it, whatever old size he claims.
            for witness in world.witnesses:
                for old_size in (0, size):
                    status, _ = fetch(witness.daemon.addresses["http"], "/add-checkpoint",
                                      f"old {old_size}\n\n".encode() + forged)
                    self.assertIn(status, (409, 422))
                self.assertEqual(world.open(witness.checkpoint()).size, size)
            # And with its witnesses asked, his own node does not start.
            world.node.stop()
            with self.assertRaisesRegex(RuntimeError, "OTHER_HISTORY"):
                world.start_node()


if __name__ == "__main__":
    unittest.main()
