"""Processes for tests: the built `touchstoned` in one of its kinds, on addresses that it keeps, ended by its own id."""

import json
import os
import pathlib
import signal
import subprocess
import time

BIN = pathlib.Path(os.environ.get("TOUCHSTONE_BIN", "build/release/bin")).resolve()
TIMEOUT_S = 30


class Daemon:
    """One process. Started again it listens where it listened before."""

    def __init__(self, folder, name):
        self.folder, self.name = pathlib.Path(folder), name
        self.addresses = {}
        self._process = None

    def start(self, command, *arguments):
        """Starts `touchstoned COMMAND`; returns once it serves. The addresses are those of its ports file."""
        ports = self.folder / f"{self.name}.ports.json"
        ports.unlink(missing_ok=True)
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                [BIN / "touchstoned", command, *map(str, arguments), "--ports-file", ports],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + TIMEOUT_S
        while not ports.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} does not serve: {self.last_words()}")
            time.sleep(0.002)
        self.addresses = json.loads(ports.read_text(encoding="utf-8"))

    def address(self, kind):
        """Where to listen: a free port the first time, the same one afterwards."""
        return self.addresses.get(kind, "127.0.0.1:0")

    @property
    def running(self):
        return self._process is not None

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

    def last_words(self, lines=20):
        text = self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    @property
    def _log(self):
        return self.folder / f"{self.name}.log"
