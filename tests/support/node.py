"""Nodes for tests: the built `touchstoned` in a temporary directory, on a free port, ended by its own process id."""

import base64
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import nacl.signing

from daemon import BIN, TIMEOUT_S, Daemon

ORIGIN = "gold.example/test"


def run(program, *arguments, **options):
    """Runs one of the built programs to its end; returns the finished process with its text."""
    return subprocess.run([BIN / program, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True,
                          encoding="utf-8", timeout=TIMEOUT_S, check=False, **options)


def write_key_file(path, key, name="test"):
    """A private key file: the signer key of a C2SP signed note in one line, readable by its owner alone."""
    public = b"\x01" + bytes(key.verify_key)
    key_id = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    material = base64.b64encode(b"\x01" + bytes(key)).decode()
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(f"PRIVATE+KEY+{name}+{key_id.hex()}+{material}\n")


def key_of(name):
    """The same key for the same name, in every run."""
    return nacl.signing.SigningKey(hashlib.sha256(b"touchstone test key " + name.encode()).digest())


class Node:
    """A ledger of its own, founded on construction by the key of `root`. Use as a context manager."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="touchstone-test-"))
        self.data = self.folder / "ledger"
        self.grpc = ""
        self.http = ""
        self.daemon = Daemon(self.folder, "node")
        self.root = key_of("root")
        self.root_file = self.folder / "root.key"
        self.trust = self.data / "trust.toml"
        try:
            self._found()
        except BaseException:
            self.remove()
            raise

    def _found(self):
        write_key_file(self.root_file, self.root, "root")
        founded = run("touchstoned", "init", "--data", self.data, "--origin", ORIGIN, "--root-key", self.root_file,
                      "--json")
        if founded.returncode != 0:
            raise RuntimeError(f"init failed: {founded.stdout}{founded.stderr}")
        anchor = json.loads(founded.stdout)
        self.genesis_id, self.log_vkey = bytes.fromhex(anchor["genesis"]), anchor["log_key"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.remove()

    def start(self, *arguments, where_it_was=False):
        """Serves, on free ports or where it served before; returns once it answers."""
        if not where_it_was:
            self.daemon.addresses = {}
        self.daemon.start("serve", "--data", self.data, "--grpc-listen", self.daemon.address("grpc"), "--http-listen",
                          self.daemon.address("http"), *arguments)
        self.grpc, self.http = self.daemon.addresses["grpc"], self.daemon.addresses["http"]

    @property
    def pid(self):
        return self.daemon.pid

    def ask_to_stop(self):
        self.daemon.ask_to_stop()

    def wait(self):
        """Waits for its end; the exit code."""
        return self.daemon.wait()

    def stop(self):
        """Stops it gracefully; the exit code."""
        return self.daemon.stop()

    def kill(self):
        """Ends it as a power cut would, as far as a process can."""
        self.daemon.kill()

    def fsck(self):
        """Checks the stopped ledger; what the report says."""
        finished = run("touchstoned", "fsck", "--data", self.data, "--json")
        if finished.returncode not in (0, 1) or not finished.stdout:
            raise RuntimeError(f"fsck could not run: {finished.stdout}{finished.stderr}")
        return json.loads(finished.stdout)

    def last_words(self, lines=20):
        return self.daemon.last_words(lines)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
