"""A client in another language, made from the schema alone: it believes no one but the log's public key.

Nothing here is this project's code: stubs by protoc, signatures by PyNaCl, hashes by hashlib, proofs as RFC 6962 and
C2SP describe them. It signs, submits, verifies what it gets back, and sends everything that is wrong.
"""

import pathlib
import sys
import tempfile
import unittest

import grpc

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))

import wire
from client import Author, Client, Parked, Refused, sign
from node import Node, key_of

INVALID = grpc.StatusCode.INVALID_ARGUMENT
DENIED = grpc.StatusCode.PERMISSION_DENIED
MAX_ENVELOPE_BYTES = 65_000


def setUpModule():
    global node
    stubs = tempfile.TemporaryDirectory(prefix="touchstone-stubs-")
    unittest.addModuleCleanup(stubs.cleanup)
    wire.generate_stubs(stubs.name)
    node = unittest.enterModuleContext(Node())
    node.start()


class WithNode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Nonces count from 1 for each author: the classes' events differ by their names.
        cls.author = Author(node.genesis_id)

    def setUp(self):
        self.client = Client(node)
        self.addCleanup(self.client.close)

    def registration(self, name, **fields):
        """The payload in which root registers a miner."""
        fields = {"name": name, "country": "PE", "roles": [wire.module("authority_pb2").ROLE_MINER], **fields}
        return self.author.payload([node.root], register_party=wire.module("authority_pb2").RegisterParty(**fields))


class AStranger(WithNode):
    def test_verifies_the_receipt_of_what_it_submitted(self):
        payload = self.registration("Mina Clara", keys=[bytes(key_of("clara").verify_key)])
        receipt = self.client.submit(sign(payload, [node.root]))
        entry = wire.module("envelope_pb2").LogEntry.FromString(receipt.entry)
        self.assertEqual(entry.envelope, sign(payload, [node.root]))
        self.assertEqual(entry.recorded_at_us, receipt.recorded_at_us)
        self.assertEqual(receipt.event_id, wire.event_id(payload))
        self.assertEqual(list(receipt.created_ids), [wire.object_id("party", wire.event_id(payload))])
        self.assertTrue(self.client.holds(receipt))

    def test_rejects_a_receipt_that_was_touched(self):
        receipt = self.client.submit(sign(self.registration("Mina Lucero"), [node.root]))
        receipt.entry = receipt.entry[:-1] + bytes([receipt.entry[-1] ^ 1])
        self.assertFalse(self.client.holds(receipt))

    def test_gets_the_same_index_when_it_submits_again(self):
        envelope = sign(self.registration("Mina Alta"), [node.root])
        first = self.client.submit(envelope)
        self.client.submit(sign(self.registration("Mina Baja"), [node.root]))
        size = self.client.checkpoint().size
        again = self.client.submit(envelope)
        self.assertEqual((again.index, again.recorded_at_us, again.entry),
                         (first.index, first.recorded_at_us, first.entry))
        self.assertEqual((first.already_recorded, again.already_recorded), (False, True))
        self.assertTrue(self.client.holds(again))
        self.assertEqual(self.client.checkpoint().size, size)

    def test_may_send_an_event_before_the_one_that_it_builds_on(self):
        authority = wire.module("authority_pb2")
        registration = self.registration("Mina Temprana")
        party = wire.object_id("party", wire.event_id(registration))
        early = sign(self.author.payload([node.root], appoint=authority.Appoint(
            party_id=party, office=authority.OFFICE_REGISTRAR)), [node.root])
        for _ in range(2):
            with self.assertRaises(Parked) as waiting:
                self.client.submit(early)
            self.assertEqual(waiting.exception.missing_id, party)
        self.client.submit(sign(registration, [node.root]))
        receipt = self.client.submit(early)
        self.assertTrue(receipt.already_recorded)
        self.assertTrue(self.client.holds(receipt))

    def test_recomputes_the_root_from_the_entries(self):
        self.client.submit(sign(self.registration("Mina Honda"), [node.root]))
        checkpoint, entries = self.client.checkpoint(), self.client.entries()
        self.assertEqual(checkpoint.size, len(entries))
        self.assertEqual(checkpoint.root, wire.root_of([wire.leaf_hash(entry) for entry in entries]))

    def test_sees_that_the_log_only_grew(self):
        older = self.client.checkpoint()
        for name in ("Uno", "Dos", "Tres"):
            self.client.submit(sign(self.registration(name), [node.root]))
        newer = self.client.checkpoint()
        self.assertEqual(newer.size, older.size + 3)
        self.assertTrue(self.client.grew_from(older, newer))
        newer.root = bytes(32)
        self.assertFalse(self.client.grew_from(older, newer))

    def test_finds_the_genesis_that_the_trust_anchor_names(self):
        genesis = wire.module("envelope_pb2").LogEntry.FromString(self.client.entries()[0])
        payload = wire.module("envelope_pb2").Envelope.FromString(genesis.envelope).payload
        self.assertEqual(wire.event_id(payload), node.genesis_id)
        self.assertEqual(list(wire.module("event_pb2").Event.FromString(payload).genesis.root_keys),
                         [bytes(node.root.verify_key)])

    def test_is_told_that_the_server_is_healthy(self):
        check = self.client.channel.unary_unary("/grpc.health.v1.Health/Check")
        serving = b"\x08\x01"
        self.assertEqual(check(b"", timeout=10), serving)
        service = b"touchstone.v1.CustodyService"
        self.assertEqual(check(b"\x0a" + bytes([len(service)]) + service, timeout=10), serving)

    def test_learns_the_services_by_reflection(self):
        reflect = self.client.channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
        list_services = b"\x3a\x01*"
        answer = next(reflect(iter([list_services]), timeout=10))
        for service in (b"CustodyService", b"RegistryService", b"LogService", b"ProvenanceService", b"AuditService"):
            self.assertIn(b"touchstone.v1." + service, answer)


class BadInput(WithNode):
    """Each is refused with a typed error that names the field, and changes nothing."""

    def setUp(self):
        super().setUp()
        self.before = self.client.checkpoint()
        self.envelope = sign(self.registration("Mina Mala"), [node.root])

    def assert_refused(self, envelope, code, reason, field):
        with self.assertRaises(Refused) as caught:
            self.client.submit(envelope)
        refused = caught.exception
        self.assertEqual((refused.code, refused.reason, refused.field), (code, reason, field))
        self.assertEqual(refused.violations, [field])
        after = self.client.checkpoint()
        self.assertEqual((after.size, after.root), (self.before.size, self.before.root))

    def test_truncated(self):
        for cut in (1, len(self.envelope) // 2, len(self.envelope) - 1):
            with self.subTest(cut=cut):
                self.assert_refused(self.envelope[:-cut], INVALID, "ENVELOPE_MALFORMED", "envelope")

    def test_empty(self):
        self.assert_refused(b"", INVALID, "BAD_SIGNER_KEYS", "payload.signer_keys")

    def test_truncated_payload(self):
        payload = self.registration("Mina Mala")[:-1]
        self.assert_refused(sign(payload, [node.root]), INVALID, "PAYLOAD_MALFORMED", "payload")

    def test_oversized(self):
        self.assert_refused(bytes(MAX_ENVELOPE_BYTES + 1), INVALID, "ENVELOPE_TOO_LARGE", "envelope")

    def test_trailing_bytes(self):
        self.assert_refused(self.envelope + b"\0", INVALID, "ENVELOPE_MALFORMED", "envelope")

    def test_unknown_field(self):
        unknown = b"\xf8\x07\x01"  # field 127, a varint
        self.assert_refused(self.envelope + unknown, INVALID, "UNKNOWN_FIELD", "envelope")
        payload = self.registration("Mina Mala") + unknown
        self.assert_refused(sign(payload, [node.root]), INVALID, "UNKNOWN_FIELD", "payload")

    def test_unknown_enum_value(self):
        payload = self.registration("Mina Mala", roles=[1, 99])
        self.assert_refused(sign(payload, [node.root]), INVALID, "UNKNOWN_ENUM_VALUE",
                            "payload.register_party.roles[1]")

    def test_fields_out_of_order(self):
        event = wire.module("event_pb2").Event.FromString(self.registration("Mina Mala"))
        genesis_id = bytes(event.genesis_id)
        event.ClearField("genesis_id")
        payload = event.SerializeToString() + b"\x0a\x20" + genesis_id
        self.assert_refused(sign(payload, [node.root]), INVALID, "NOT_CANONICAL", "payload")

    def test_field_given_twice(self):
        event = wire.module("envelope_pb2").Envelope.FromString(self.envelope)
        doubled = wire.module("envelope_pb2").Envelope(payload=event.payload).SerializeToString() + self.envelope
        self.assert_refused(doubled, INVALID, "NOT_CANONICAL", "envelope")

    def test_wrong_ledger(self):
        payload = Author(bytes(32)).payload(
            [node.root], register_party=wire.module("authority_pb2").RegisterParty(name="M", country="PE", roles=[1]))
        self.assert_refused(sign(payload, [node.root]), INVALID, "WRONG_LEDGER", "genesis_id")

    def test_key_of_nobody(self):
        nobody = key_of("nobody")
        payload = self.author.payload(
            [nobody], register_party=wire.module("authority_pb2").RegisterParty(name="M", country="PE", roles=[1]))
        self.assert_refused(sign(payload, [nobody]), DENIED, "UNKNOWN_KEY", "signer_keys[0]")

    def test_signature_by_another_key(self):
        payload = self.registration("Mina Mala")
        forged = wire.module("envelope_pb2").Envelope(payload=payload)
        forged.signatures.add(key=bytes(node.root.verify_key),
                              signature=key_of("nobody").sign(wire.pae(payload)).signature)
        self.assert_refused(forged.SerializeToString(), INVALID, "BAD_SIGNATURE", "signatures[0].signature")

    def test_signature_under_another_name(self):
        payload = self.registration("Mina Mala")
        self.assert_refused(sign(payload, [key_of("nobody")]), INVALID, "SIGNATURES_MISMATCH", "signatures[0].key")

    def test_extra_signature(self):
        payload = self.registration("Mina Mala")
        self.assert_refused(sign(payload, [node.root, key_of("nobody")]), INVALID, "SIGNATURES_MISMATCH", "signatures")

    def test_missing_signature(self):
        unsigned = wire.module("envelope_pb2").Envelope(payload=self.registration("Mina Mala"))
        self.assert_refused(unsigned.SerializeToString(), INVALID, "SIGNATURES_MISMATCH", "signatures")

    def test_resubmission_with_a_bad_signature(self):
        self.client.submit(self.envelope)
        self.before = self.client.checkpoint()
        spoiled = bytearray(self.envelope)
        spoiled[-1] ^= 1
        self.assert_refused(bytes(spoiled), INVALID, "BAD_SIGNATURE", "signatures[0].signature")


if __name__ == "__main__":
    unittest.main()
