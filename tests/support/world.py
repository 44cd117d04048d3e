"""A log, its witnesses and a replica as processes, for tests of what they do together.

Every checkpoint that is opened here is checked by these files alone: signatures by nacl, roots by hashlib.
"""

import base64
import contextlib
import hashlib
import json
import pathlib
import tempfile
import time
import urllib.error
import urllib.request

import nacl.signing

import wire
from client import Author, sign
from daemon import Daemon
from node import ORIGIN, Node, run

PATIENCE_S = 60


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

    def start(self, *log_vkeys):
        """Knows the log by these keys, the newest last; without any by the one that it was founded with."""
        follow = ["--execute", f"{ORIGIN}=http://{self.node.http}"] if self.executing else []
        known = [word for vkey in log_vkeys or (self.node.log_vkey,) for word in ("--log", vkey)]
        self.daemon.start("witness", "--data", self.daemon.folder / self.name, "--key", self.key, *known,
                          "--listen", self.daemon.address("http"), *follow)

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
        self.told = []  # every envelope that was recorded, in order
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
        # A copy that is founded reads the genesis under the checkpoint that has the quorum.
        until(lambda: self.cosigned() is not None, "a first checkpoint under the quorum")
        self.start_replica()

    def start_node(self, *arguments):
        self.node.start("--witness-policy", self.policy, *arguments, where_it_was=True)

    def start_replica(self):
        self.replica.start("serve", "--data", self.folder / "replica", "--follow", f"http://{self.node.http}",
                           "--log-key", self.node.log_vkey, "--grpc-listen", self.replica.address("grpc"),
                           "--http-listen", self.replica.address("http"))

    def add(self, envelope=None):
        """Submits one event, a new one unless told; whether it was recorded."""
        envelope = envelope or self.registration([self.node.root])
        recorded = fetch(self.node.http, "/add", envelope)[0] == 200
        if recorded:
            self.told.append(envelope)
        return recorded

    def registration(self, keys):
        """An event that registers one more party, by these keys."""
        self.count += 1
        authority = wire.module("authority_pb2")
        party = authority.RegisterParty(name=f"Mina {self.count}", country="PE", roles=[authority.ROLE_MINER])
        return sign(self.author.payload(keys, register_party=party), keys)

    def monitor(self, *urls, watch=()):
        """Looks once from these addresses; the exit code, and what was found."""
        watched = [word for watched_id in watch for word in ("--watch", watched_id)]
        done = run("touchstone", "log", "monitor", "--json", "--trust", self.node.trust, "--state",
                   self.folder / "monitor", *watched, *(f"http://{url}" for url in urls))
        return done.returncode, json.loads(done.stdout)

    def accuse(self, file):
        """The exit code of the accusation, and what was found."""
        done = run("touchstone", "log", "accuse", file, "--json", "--trust", self.node.trust)
        return done.returncode, json.loads(done.stdout)

    def newest(self):
        status, body = fetch(self.node.http, "/checkpoint/latest")
        return self.open(body.decode()) if status == 200 else None

    def cosigned(self, address=None, log_vkey=None):
        """What is shown as cosigned, which must be; None when nothing is."""
        status, body = fetch(address or self.node.http, "/checkpoint")
        if status != 200:
            return None
        note = body.decode()
        for witness in self.witnesses:
            if not cosigned_by(note, witness.vkey):
                raise AssertionError(f"shown without the signature of {witness.name}:\n{note}")
        return self.open(note, log_vkey)

    def open(self, note, log_vkey=None):
        """The checkpoint, which this key of the log has signed, or the one that it was founded with."""
        return wire.Checkpoint(note, log_vkey or self.node.log_vkey)


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
