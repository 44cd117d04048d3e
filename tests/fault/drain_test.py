"""A node that is asked to stop finishes what is under way: each submission is acknowledged or refused, none is lost."""

import contextlib
import pathlib
import sys
import tempfile
import unittest

import grpc

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import wire
from client import TIMEOUT_S, Author, Client, event_id_of, refusal_of, sign
from node import Node

BEFORE, AFTER = 300, 100  # submissions under way when it is asked to stop, and sent while it does

# The node says that it stops. Calls that reach gRPC while it closes the connection are turned away by gRPC itself.
REFUSALS = {(grpc.StatusCode.UNAVAILABLE, "SHUTTING_DOWN"), (grpc.StatusCode.UNAVAILABLE, ""),
            (grpc.StatusCode.CANCELLED, "")}


class DrainTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="touchstone-stubs-")
        self.addCleanup(folder.cleanup)
        wire.generate_stubs(folder.name)
        self.node = self.enterContext(Node())

    def registrations(self, count):
        """Events that do not need each other, by event id."""
        authority, author = wire.module("authority_pb2"), Author(self.node.genesis_id)
        for number in range(count):
            payload = author.payload([self.node.root], register_party=authority.RegisterParty(
                name=f"Party {number}", country="PE", roles=[authority.ROLE_MINER]))
            yield wire.event_id(payload), sign(payload, [self.node.root])

    def settle(self, calls):
        """Which events were acknowledged, and which refused, by waiting for every answer."""
        acknowledged, refused = {}, {}
        for event_id, call in calls.items():
            try:
                acknowledged[event_id] = call.result().receipt
            except grpc.RpcError as error:
                refused[event_id] = refusal_of(error)
        return acknowledged, refused

    def submit_around_a_stop(self):
        requests = wire.module("custody_service_pb2")
        calls = {}
        with contextlib.closing(Client(self.node)) as client:
            for number, (event_id, envelope) in enumerate(self.registrations(BEFORE + AFTER)):
                if number == BEFORE:
                    self.node.ask_to_stop()
                calls[event_id] = client.custody.Submit.future(requests.SubmitRequest(envelope=envelope),
                                                                timeout=TIMEOUT_S)
            acknowledged, refused = self.settle(calls)
            return acknowledged, refused, self.node.wait()

    def test_sigterm_answers_everything_and_loses_nothing(self):
        self.node.start()
        acknowledged, refused, code = self.submit_around_a_stop()
        self.assertEqual(code, 0, self.node.last_words())
        self.assertEqual(len(acknowledged) + len(refused), BEFORE + AFTER)
        self.assertGreater(len(acknowledged), 0)
        for refusal in refused.values():
            self.assertIn((refusal.code, refusal.reason), REFUSALS)
        self.node.start()
        with contextlib.closing(Client(self.node)) as client:
            entries = client.entries()
        in_log = {event_id_of(entry) for entry in entries} - {self.node.genesis_id}
        self.assertEqual(in_log, set(acknowledged))
        for receipt in acknowledged.values():
            self.assertEqual(entries[receipt.index], receipt.entry)
        self.assertEqual(self.node.stop(), 0)
        self.assertTrue(self.node.fsck()["ok"])


if __name__ == "__main__":
    unittest.main()
