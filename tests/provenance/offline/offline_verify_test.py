"""`touchstone verify` in a directory with a bundle, a trust file and nothing else, on a network without interfaces.

Where the machine makes no namespaces for its users, the network stays as it is, and the test says so.
"""

import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ.get("TOUCHSTONE_BIN", ROOT / "build" / "release" / "bin")).resolve()
TIMEOUT_S = 110
NO_NETWORK = ["unshare", "--map-root-user", "--net"]
REACH_LOOPBACK = "import socket; socket.create_connection(('127.0.0.1', int(__import__('sys').argv[1])), timeout=5)"


def run(*command, **options):
    return subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True,
                          encoding="utf-8", timeout=TIMEOUT_S, check=False, **options)


def cut_off():
    """The words before a command that take its network away; none where the machine does not allow it."""
    try:
        if run(*NO_NETWORK, "true").returncode == 0:
            return NO_NETWORK
    except FileNotFoundError:
        pass
    print("no namespace without a network can be made here: verified with the network there", file=sys.stderr)
    return []


def setUpModule():
    """Tells the demo once: its bundle and its trust file are what a buyer is handed."""
    global bundle, trust, prefix
    folder = pathlib.Path(unittest.enterModuleContext(tempfile.TemporaryDirectory(prefix="touchstone-offline-")))
    told = run(sys.executable, ROOT / "deploy" / "demo" / "story.py", "--bin", BIN, "--out", folder / "demo", "--json",
               env={**os.environ, "TMPDIR": str(folder)})
    if told.returncode != 0:
        raise RuntimeError(told.stdout + told.stderr)
    story = json.loads(told.stdout.splitlines()[-1])
    bundle, trust = pathlib.Path(story["bundle"]).read_bytes(), pathlib.Path(story["trust"]).read_bytes()
    prefix = cut_off()


class AnEmptyDirectory(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="touchstone-reader-")))
        self.put("ring.touchstone", bundle)
        self.put("trust.toml", trust)

    def put(self, name, content):
        (self.folder / name).write_bytes(content)

    def verify(self, *options):
        """Runs verify with no other surroundings than the directory; it leaves nothing behind there."""
        finished = run(*prefix, BIN / "touchstone", "verify", "ring.touchstone", "--trust", "trust.toml", *options,
                       cwd=self.folder, env={"PATH": os.environ["PATH"]})
        self.assertEqual(sorted(file.name for file in self.folder.iterdir()), ["ring.touchstone", "trust.toml"])
        self.assertEqual(finished.stderr, "")
        return finished

    def test_is_all_that_a_reader_needs(self):
        finished = self.verify("--json")
        self.assertEqual(finished.returncode, 0, finished.stdout)
        report = json.loads(finished.stdout)
        self.assertEqual(report["verdict"], "PASS")
        self.assertTrue(report["evaluations"])
        self.assertTrue(report["signers"])

    def test_shows_a_bundle_that_was_tampered_with(self):
        at = len(bundle) // 2
        self.put("ring.touchstone", bundle[:at] + bytes([bundle[at] ^ 1]) + bundle[at + 1:])
        finished = self.verify("--json")
        self.assertEqual(finished.returncode, 3, finished.stdout)
        self.assertEqual(json.loads(finished.stdout)["verdict"], "NOT_VERIFIABLE")

    def test_shows_a_bundle_of_another_ledger(self):
        other = re.sub(rb"""(genesis = ['"])(.)""", lambda m: m[1] + (b"0" if m[2] != b"0" else b"f"), trust)
        self.assertNotEqual(other, trust)
        self.put("trust.toml", other)
        finished = self.verify("--json")
        self.assertEqual(finished.returncode, 3, finished.stdout)
        self.assertEqual(json.loads(finished.stdout)["reason"], "WRONG_LEDGER")


class TheNamespace(unittest.TestCase):
    def test_reaches_nobody(self):
        """What is said of it is true: not even this machine answers from there."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            reached = run(*prefix, sys.executable, "-c", REACH_LOOPBACK, server.getsockname()[1])
        self.assertEqual(reached.returncode == 0, not prefix, reached.stderr)


if __name__ == "__main__":
    unittest.main()
