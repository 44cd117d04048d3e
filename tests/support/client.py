"""A client made of generated stubs: signs events, submits them, and judges receipts by itself."""

import time

import grpc

import wire

TIMEOUT_S = 30
MAX_MESSAGE_BYTES = 64 << 20
# When what tests state begins, in Unix microseconds: midnight of a day or two ago, past on any clock and not so long ago
# that the rules find it late.
BASE_US = (int(time.time()) // 86_400 - 1) * 86_400 * 1_000_000


class Refused(Exception):
    """The server refused: the gRPC code, and the typed details it sent along."""

    def __init__(self, code, reason, field, violations):
        super().__init__(f"{code.name} {reason} {field}")
        self.code, self.reason, self.field, self.violations = code, reason, field, violations


class Parked(Exception):
    """The server keeps the event until what it names is there; it is in no log yet."""

    def __init__(self, parked):
        super().__init__(f"waits for {parked.missing_id}")
        self.missing_id, self.until_us = parked.missing_id, parked.until_us


def refusal_of(error):
    """What a grpc.RpcError carries in grpc-status-details-bin."""
    status = wire.module("error_pb2").ErrorStatus()
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status.ParseFromString(value)
    info, bad_request = wire.module("error_pb2").ErrorInfo(), wire.module("error_pb2").BadRequest()
    for detail in status.details:
        if detail.type_url == "type.googleapis.com/google.rpc.ErrorInfo":
            info.ParseFromString(detail.value)
        elif detail.type_url == "type.googleapis.com/google.rpc.BadRequest":
            bad_request.ParseFromString(detail.value)
    return Refused(error.code(), info.reason, info.metadata["field"] if "field" in info.metadata else "",
                   [violation.field for violation in bad_request.field_violations])


def sign(payload, keys):
    """The envelope of a payload, with the signatures of the keys in ascending order."""
    envelope = wire.module("envelope_pb2").Envelope(payload=payload)
    for key in sorted(keys, key=lambda key: bytes(key.verify_key)):
        envelope.signatures.add(key=bytes(key.verify_key), signature=key.sign(wire.pae(payload)).signature)
    return envelope.SerializeToString()


def event_id_of(entry):
    """The id of the event that an entry carries."""
    envelopes = wire.module("envelope_pb2")
    return wire.event_id(envelopes.Envelope.FromString(envelopes.LogEntry.FromString(entry).envelope).payload)


class Client:
    """One connection. Not for several threads, except for `custody` and `log`."""

    def __init__(self, node):
        limits = [("grpc.max_receive_message_length", MAX_MESSAGE_BYTES), ("grpc.enable_http_proxy", 0)]
        self.channel = grpc.insecure_channel(node.grpc, options=limits)
        self.custody = wire.module("custody_service_pb2_grpc").CustodyServiceStub(self.channel)
        self.log = wire.module("log_service_pb2_grpc").LogServiceStub(self.channel)
        self._vkey = node.log_vkey
        self._requests = wire.module("custody_service_pb2")
        self._log_requests = wire.module("log_service_pb2")

    def close(self):
        self.channel.close()

    def submit(self, envelope):
        """The receipt; Refused or Parked when there is none."""
        try:
            answer = self.custody.Submit(self._requests.SubmitRequest(envelope=envelope), timeout=TIMEOUT_S)
        except grpc.RpcError as error:
            raise refusal_of(error) from error
        if answer.WhichOneof("outcome") == "parked":
            raise Parked(answer.parked)
        return answer.receipt

    def event(self, event_id):
        """The receipt of an event in the log, as of now."""
        return self.custody.GetEvent(self._requests.GetEventRequest(event_id=event_id), timeout=TIMEOUT_S).receipt

    def checkpoint(self):
        """The newest one, its signature checked."""
        answer = self.log.GetCheckpoint(self._log_requests.GetCheckpointRequest(), timeout=TIMEOUT_S)
        return wire.Checkpoint(answer.checkpoint, self._vkey)

    def entries(self):
        """Every entry of the log, in order."""
        stream = self.log.StreamEntries(self._log_requests.StreamEntriesRequest(), timeout=TIMEOUT_S)
        return [entry for message in stream for entry in message.entries]

    def grew_from(self, older, newer):
        """Whether the tree of `newer` has that of `older` as its prefix, by a proof the server gives."""
        request = self._log_requests.GetConsistencyProofRequest(old_size=older.size, new_size=newer.size)
        proof = self.log.GetConsistencyProof(request, timeout=TIMEOUT_S).proof
        return wire.is_consistent(older.size, newer.size, older.root, newer.root, list(proof.hashes))

    def holds(self, receipt):
        """Whether the receipt proves, with nothing but the log's key, that its entry is in the log."""
        checkpoint = wire.Checkpoint(receipt.checkpoint, self._vkey)
        proof = receipt.proof
        if (proof.index, proof.tree_size) != (receipt.index, checkpoint.size):
            return False
        leaf = wire.leaf_hash(receipt.entry)
        return wire.root_from_inclusion(proof.index, proof.tree_size, leaf, list(proof.hashes)) == checkpoint.root


class Author:
    """Writes events of one ledger, alike in every run but for the ledger's own id."""

    def __init__(self, genesis_id):
        self._genesis_id = genesis_id
        self._written = 0

    def event(self, keys, **body):
        """An event, unsigned: its keys, a nonce that counts, a time that advances by a second, and its one body."""
        self._written += 1
        return wire.module("event_pb2").Event(
            genesis_id=self._genesis_id, signer_keys=sorted(bytes(key.verify_key) for key in keys),
            nonce=self._written.to_bytes(16, "big"), occurred_at_us=BASE_US + self._written * 1_000_000, **body)

    def payload(self, keys, **body):
        return self.event(keys, **body).SerializeToString()
