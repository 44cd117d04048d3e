"""Nodes for tests: the built `touchstoned` in a temporary directory, on a free port, ended by its own process id."""

import base64
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import nacl.signing

BIN = pathlib.Path(os.environ.get("TOUCHSTONE_BIN", "build/release/bin")).resolve()
ORIGIN = "gold.example/test"
TIMEOUT_S = 30


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
        self._process = None
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

    def start(self):
        """Serves; returns once it answers."""
        ports = self.folder / "ports.json"
        ports.unlink(missing_ok=True)
        with open(self.folder / "node.log", "ab") as log:
            self._process = subprocess.Popen(
                [BIN / "touchstoned", "serve", "--data", self.data, "--grpc-listen", "127.0.0.1:0",
                 "--http-listen", "127.0.0.1:0", "--ports-file", ports],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + TIMEOUT_S
        while not ports.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the node does not serve: {self.last_words()}")
            time.sleep(0.002)
        addresses = json.loads(ports.read_text(encoding="utf-8"))
        self.grpc, self.http = addresses["grpc"], addresses["http"]

    @property
    def pid(self):
        return self._process.pid

    def ask_to_stop(self):
        self._process.send_signal(signal.SIGTERM)

    def wait(self):
        """Waits for its end; the exit code."""
        code = self._process.wait(TIMEOUT_S)
        self._process = None
        return code

    def stop(self):
        """Stops it gracefully; the exit code."""
        self.ask_to_stop()
        return self.wait()

    def kill(self):
        """Ends it as a power cut would, as far as a process can."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(TIMEOUT_S)
            self._process = None

    def fsck(self):
        """Checks the stopped ledger; what the report says."""
        finished = run("touchstoned", "fsck", "--data", self.data, "--json")
        if finished.returncode not in (0, 1) or not finished.stdout:
            raise RuntimeError(f"fsck could not run: {finished.stdout}{finished.stderr}")
        return json.loads(finished.stdout)

    def last_words(self, lines=20):
        log = self.folder / "node.log"
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
