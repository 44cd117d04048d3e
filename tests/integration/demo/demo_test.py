"""The demo, told with --json: every value it promises is there and adds up, and what it leaves behind holds."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ.get("TOUCHSTONE_BIN", ROOT / "build" / "release" / "bin"))
TIMEOUT_S = 110


def run(*command):
    """Runs a command to its end. What it leaves in temporary directories goes with the test's own."""
    return subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True,
                          encoding="utf-8", timeout=TIMEOUT_S, check=False, env={**os.environ, "TMPDIR": str(temporary)})


def play(out, *options, programs=BIN):
    return run(sys.executable, ROOT / "deploy" / "demo" / "story.py", "--bin", programs, "--out", out, *options)


def touchstone(*arguments):
    return run(BIN / "touchstone", *arguments)


def end(pid, address):
    """Asks a process to end, and waits until nobody listens at its address any more."""
    os.kill(pid, signal.SIGTERM)
    host, port = address.rsplit(":", 1)
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.01)
    raise AssertionError(f"process {pid} still listens at {address}")


def setUpModule():
    global temporary
    temporary = unittest.enterModuleContext(tempfile.TemporaryDirectory(prefix="touchstone-demo-test-"))


class WithFolder(unittest.TestCase):
    def setUp(self):
        self.out = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(dir=temporary)))

    def told(self, *options):
        """The object on the last line of standard output."""
        finished = play(self.out, "--json", *options)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        return json.loads(finished.stdout.splitlines()[-1])


class TheDemo(WithFolder):
    def test_tells_what_became_of_every_event(self):
        told = self.told()
        self.assertEqual(list(told), ["events", "accepted", "refused", "flagged", "verdict", "bundle", "trust",
                                      "bundle_verified", "tamper_detected", "checkpoint"])
        self.assertEqual(told["refused"], [{"case": "double_sale", "reason": "LOT_CONSUMED"},
                                           {"case": "mass_gain", "reason": "FINE_MASS_GAIN"},
                                           {"case": "self_attestation", "reason": "SELF_ATTESTATION"}])
        self.assertEqual(told["flagged"], [{"case": "unlicensed_mix", "finding": "UNLICENSED_PRODUCTION",
                                            "verdict": "FAIL"}])
        self.assertEqual(told["accepted"] + len(told["refused"]), told["events"])
        self.assertEqual((told["verdict"], told["bundle_verified"], told["tamper_detected"]), ("PASS", True, True))
        self.assertEqual(told["checkpoint"]["size"], told["accepted"])
        self.assertRegex(told["checkpoint"]["root"], "^[0-9a-f]{64}$")
        self.assert_bundle_holds(told)

    def assert_bundle_holds(self, told):
        """The files outlive the demo, and say to a verifier of our own what the demo said."""
        verified = touchstone("verify", told["bundle"], "--trust", told["trust"], "--json")
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        report = json.loads(verified.stdout)
        self.assertEqual(report["verdict"], told["verdict"])
        self.assertEqual({key: report["checkpoint"][key] for key in ("size", "root")}, told["checkpoint"])
        self.assertEqual({e["policy_id"]: e["verdict"] for e in report["evaluations"]},
                         {"formalized": "PASS", "mercury-free": "PASS"})

    def test_leaves_a_node_running_when_asked_to(self):
        told = self.told("--keep")
        try:
            self.assertEqual(told["http"], "")
            shown = touchstone("claim", "show", told["claim_url"], "--server", told["grpc"], "--json")
            self.assertEqual(shown.returncode, 0, shown.stdout + shown.stderr)
            seen = touchstone("log", "checkpoint", "--server", told["grpc"], "--trust", told["trust"], "--json")
            self.assertEqual(seen.returncode, 0, seen.stdout + seen.stderr)
            self.assertEqual(json.loads(seen.stdout)["root"], told["checkpoint"]["root"])
        finally:
            end(told["pid"], told["grpc"])

    def test_is_a_story_for_people(self):
        finished = play(self.out)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        for words in ("1. A ledger begins", "└─ ", "mercury-free, version 1: PASS", "refused, FINE_MASS_GAIN",
                      "NOT_VERIFIABLE"):
            self.assertIn(words, finished.stdout)
        self.assertNotRegex(finished.stdout, "lot_[a-z2-7]{26}")
        self.assertEqual(finished.stderr, "")


class AStoryThatGoesWrong(WithFolder):
    def test_exits_with_an_error(self):
        for file in BIN.iterdir():
            if file.name != "touchstoned":
                (self.out / file.name).symlink_to(file.resolve())
        (self.out / "touchstoned").write_text("#!/bin/sh\necho broken >&2\nexit 1\n", encoding="utf-8")
        (self.out / "touchstoned").chmod(0o755)
        finished = play(self.out, "--json", programs=self.out)
        self.assertEqual(finished.returncode, 1)
        self.assertEqual(finished.stdout, "")
        self.assertIn("broken", finished.stderr)


if __name__ == "__main__":
    unittest.main()
