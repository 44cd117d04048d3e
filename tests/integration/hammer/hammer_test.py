"""What `touchstone-hammer` promises: events of its own making, every one acknowledged and found in the log again."""

import json
import os
import subprocess
import tempfile
import unittest

BIN = os.environ["TOUCHSTONE_BIN"]
EVENTS = 1_000


def hammer(*arguments):
    return subprocess.run([os.path.join(BIN, "touchstone-hammer"), *arguments], capture_output=True, text=True)


class Hammer(unittest.TestCase):
    def told_by(self, *arguments):
        done = hammer("--json", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def assert_all_found(self, told):
        self.assertGreaterEqual(told["acknowledged"], EVENTS)
        self.assertEqual((told["refused"], told["parked"], told["first_trouble"]), (0, 0, ""))
        self.assertEqual(told["events_found"], told["acknowledged"])
        self.assertEqual(told["proofs_verified"], min(told["acknowledged"], 300))
        self.assertGreater(told["entries_fetched"], told["acknowledged"])
        self.assertEqual(told["receipts"]["n"], told["acknowledged"])
        self.assertLessEqual(told["receipts"]["p50_ms"], told["receipts"]["p99_ms"])

    def test_every_way_of_calling_has_every_event_in_the_log(self):
        for calls, signing in [("unary", "each"), ("batch", "each"), ("stream", "batch")]:
            with self.subTest(calls=calls, signing=signing):
                self.assert_all_found(self.told_by("--events", str(EVENTS), "--calls", calls, "--signing", signing,
                                                   "--clients", "4", "--message", "50", "--lookups", "300"))

    def test_an_open_loop_takes_the_time_that_its_rate_says(self):
        told = self.told_by("--events", str(EVENTS), "--rate", "2000", "--message", "4", "--clients", "2", "--fresh",
                            "--reads", "20", "--lookups", "300")
        self.assert_all_found(told)
        self.assertGreater(told["seconds"], 0.9 * EVENTS / 2000)
        self.assertGreater(told["reads"]["n"], 0)

    def test_hammers_a_node_that_runs_already(self):
        with tempfile.TemporaryDirectory() as folder:
            def path(name):
                return os.path.join(folder, name)

            subprocess.run([os.path.join(BIN, "touchstone"), "key", "new", path("root.key"), "--name", "root"],
                           check=True, capture_output=True)
            subprocess.run([os.path.join(BIN, "touchstoned"), "init", "--data", path("data"), "--origin",
                            "gold.example/hammered", "--root-key", path("root.key")], check=True, capture_output=True)
            with Daemon(path("data"), path("ports.json")) as address:
                for _ in range(2):  # a second run on the same ledger meets nothing of the first
                    self.assert_all_found(
                        self.told_by("--connect", address, "--trust", os.path.join(path("data"), "trust.toml"),
                                     "--root-key", path("root.key"), "--events", str(EVENTS), "--lookups", "300"))

    def test_refuses_what_does_not_exist_with_status_2(self):
        self.assertEqual(hammer("--calls", "smoke").returncode, 2)
        self.assertEqual(hammer("--connect", "127.0.0.1:1").returncode, 2)


class Daemon:
    """`touchstoned serve` on a directory; gives the address of its gRPC."""

    def __init__(self, data, ports):
        self._data, self._ports = data, ports

    def __enter__(self):
        self._process = subprocess.Popen(
            [os.path.join(BIN, "touchstoned"), "serve", "--data", self._data, "--grpc-listen", "127.0.0.1:0",
             "--http-listen", "127.0.0.1:0", "--ports-file", self._ports], stderr=subprocess.DEVNULL)
        while not os.path.exists(self._ports):
            try:
                raise RuntimeError(f"touchstoned ended with {self._process.wait(timeout=0.01)}")
            except subprocess.TimeoutExpired:
                pass
        with open(self._ports, encoding="utf-8") as file:
            return json.load(file)["grpc"]

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()


if __name__ == "__main__":
    unittest.main()
