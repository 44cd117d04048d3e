"""A node that dies at any moment loses nothing it has acknowledged.

Signed events go in, singly and in batches, while the node is killed with SIGKILL at seeded moments. After each restart
the client's own list of receipts must be in the log, once each, at the same place, byte for byte, with proofs that lead
to the newest checkpoint; the log must have grown from what was last seen of it; and fsck must find nothing.

TOUCHSTONE_FULL=1 kills 200 times instead of 30; TOUCHSTONE_SEED chooses other moments.
"""

import contextlib
import os
import pathlib
import random
import sys
import tempfile
import time
import unittest

import grpc

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import wire
from client import TIMEOUT_S, Client, event_id_of
from node import Node
from workload import EVENTS_PER_SEASON, Workload

KILLS = 200 if os.environ.get("TOUCHSTONE_FULL") == "1" else 30
SEED = int(os.environ.get("TOUCHSTONE_SEED", "20260301"))
MAX_SURVIVED = 12  # events acknowledged before the one during which it is killed
MAX_BATCH = 6
MAX_DELAY_S = 0.002  # from sending to killing; about what a commit takes
KILLS_PER_FSCK = 5


class Submitter:
    """Sends a workload in order, and keeps a list of what was acknowledged."""

    def __init__(self, node, envelopes):
        self.node, self.envelopes = node, envelopes
        self.receipts = []  # of envelopes[0], [1], ...: what a careful client keeps
        self.already_recorded = 0  # recorded, but killed before the answer

    @property
    def done(self):
        return len(self.receipts) == len(self.envelopes)

    def send(self, client, count):
        """Sends the next events, several as one batch; the call under way."""
        requests = wire.module("custody_service_pb2")
        chunk = self.envelopes[len(self.receipts):len(self.receipts) + count]
        if count == 1:
            return client.custody.Submit.future(requests.SubmitRequest(envelope=chunk[0]), timeout=TIMEOUT_S)
        return client.custody.SubmitBatch.future(requests.SubmitBatchRequest(envelopes=chunk), timeout=TIMEOUT_S)

    def receive(self, call):
        """Waits for the answer; whether one came."""
        try:
            answer = call.result()
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNAVAILABLE:
                raise
            return False
        for receipt in [answer.receipt] if hasattr(answer, "receipt") else self._receipts_of(answer):
            self.already_recorded += receipt.already_recorded
            self.receipts.append(receipt)
        return True

    @staticmethod
    def _receipts_of(answer):
        refused = [result.error.message for result in answer.results if result.HasField("error")]
        if refused:
            raise AssertionError(f"the workload is valid, but was refused: {refused}")
        return [result.receipt for result in answer.results]


class KillTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="touchstone-stubs-")
        self.addCleanup(folder.cleanup)
        wire.generate_stubs(folder.name)
        self.node = self.enterContext(Node())
        self.random = random.Random(SEED)
        self.last_seen = None
        self.last_entries = 0

    def test_acknowledged_events_survive_every_kill(self):
        seasons = KILLS * (MAX_SURVIVED - 1) // EVENTS_PER_SEASON + 4
        submitter = Submitter(self.node, Workload(self.node, seasons).envelopes)
        unanswered = 0
        for kill in range(1, KILLS + 1):
            self.node.start()
            with self.connected() as client:
                self.check(client, submitter)
                unanswered += self.live_and_die(client, submitter)
            if kill % KILLS_PER_FSCK == 0:
                self.assert_clean(at_least=len(submitter.receipts))
        self.node.start()
        with self.connected() as client:
            self.check(client, submitter)
            self.finish(client, submitter)
        self.assertEqual(self.node.stop(), 0)
        self.assert_clean(at_least=len(submitter.envelopes))
        self.assertGreater(unanswered, 0, "no kill met an event under way: the moments are badly chosen")
        print(f"seed {SEED}: {KILLS} kills, {len(submitter.receipts)} events; {unanswered} calls never answered, "
              f"{submitter.already_recorded} of their events recorded all the same")

    def connected(self):
        """A client of the node as it runs now, closed at the end of a with statement."""
        return contextlib.closing(Client(self.node))

    def live_and_die(self, client, submitter):
        """Lets a seeded number of events be acknowledged, sends more and kills the node meanwhile. Whether the last
        call was left without an answer."""
        survive = len(submitter.receipts) + self.random.randint(1, MAX_SURVIVED)
        while len(submitter.receipts) < survive and not submitter.done:
            self.assertTrue(submitter.receive(submitter.send(client, self.batch())), self.node.last_words())
        self.assertFalse(submitter.done, "the workload is too small for so many kills")
        call = submitter.send(client, self.batch())
        time.sleep(self.random.random() * MAX_DELAY_S)
        self.node.kill()
        return not submitter.receive(call)

    def batch(self):
        return 1 if self.random.random() < 0.5 else self.random.randint(2, MAX_BATCH)

    def finish(self, client, submitter):
        while not submitter.done:
            self.assertTrue(submitter.receive(submitter.send(client, MAX_BATCH)), self.node.last_words())
        self.check(client, submitter)
        self.assertEqual(self.last_seen.size, len(submitter.envelopes) + 1)  # and genesis

    # --- What must hold ---------------------------------------------------------------------------------------------

    def check(self, client, submitter):
        """All that the client knows is still so."""
        newest = client.checkpoint()
        if self.last_seen is not None:
            self.assertTrue(client.grew_from(self.last_seen, newest), f"{self.last_seen.size} to {newest.size}")
        self.last_seen = newest
        entries = client.entries()
        self.assertEqual(len(entries), newest.size)
        self.assertEqual(wire.root_of([wire.leaf_hash(entry) for entry in entries]), newest.root)
        self.assertEqual(len(set(map(event_id_of, entries))), len(entries), "an event is there twice")
        for receipt in submitter.receipts:
            self.assertEqual(entries[receipt.index], receipt.entry)
            now = client.event(receipt.event_id)
            self.assertEqual((now.index, now.recorded_at_us, now.entry),
                             (receipt.index, receipt.recorded_at_us, receipt.entry))
            self.assertTrue(client.holds(now))
            self.assertEqual(now.proof.tree_size, newest.size)

    def assert_clean(self, at_least):
        report = self.node.fsck()
        self.assertTrue(report["ok"], report["problems"])
        self.assertGreater(report["entries"], at_least)  # genesis is one more
        self.assertGreaterEqual(report["entries"], self.last_entries)
        self.last_entries = report["entries"]


if __name__ == "__main__":
    unittest.main()
