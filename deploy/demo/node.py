"""A `touchstoned` of our own: founded, served and stopped in a folder that belongs to nobody else."""

import json
import pathlib
import signal
import subprocess
import time

START_TIMEOUT_S = 20
STOP_TIMEOUT_S = 20


class NodeError(Exception):
    """The node did not do as asked; the message carries what it logged."""


class Node:
    """One ledger directory, served on a free port of the loopback while it runs."""

    def __init__(self, program, folder):
        self.program = program
        self.data = folder / "ledger"
        self.log = folder / "touchstoned.log"
        self.ports = folder / "ports.json"
        self.process = None
        self.grpc = ""

    def found(self, origin, root_key_file, description):
        """Makes the ledger; returns what `init` printed."""
        finished = subprocess.run(
            [self.program, "init", "--data", self.data, "--origin", origin, "--root-key", root_key_file,
             "--description", description, "--json"],
            stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=START_TIMEOUT_S, check=False)
        if finished.returncode != 0:
            raise NodeError(f"init failed: {finished.stdout}{finished.stderr}")
        return json.loads(finished.stdout)

    def start(self):
        """Serves; returns once it answers. It survives whoever started it, until it is stopped."""
        self.ports.unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--data", self.data, "--grpc-listen", "127.0.0.1:0",
                 "--http-listen", "127.0.0.1:0", "--ports-file", self.ports],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.ports.exists():
            if self.process.poll() is not None:
                raise NodeError(f"serve ended with {self.process.returncode}: {self.last_words()}")
            if time.monotonic() > deadline:
                raise NodeError(f"serve does not get ready: {self.last_words()}")
            time.sleep(0.005)
        self.grpc = json.loads(self.ports.read_text(encoding="utf-8"))["grpc"]

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        """Asks it to finish what is under way and to end, which it must do with 0."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(STOP_TIMEOUT_S)
        self.process = None
        if code != 0:
            raise NodeError(f"serve ended with {code}: {self.last_words()}")

    def abandon(self):
        """Ends it in any way, when the story has failed."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def last_words(self, lines=20):
        text = pathlib.Path(self.log).read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])
