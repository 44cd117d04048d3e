"""The wire formats as a stranger would write them from their descriptions: nothing here is this project's code.

DSSE and its pre-authentication encoding, event and object ids, RFC 6962 trees and proofs, C2SP signed notes and
checkpoints, and the Python stubs that protoc makes of the schema.
"""

import base64
import hashlib
import importlib
import pathlib
import shutil
import struct
import subprocess
import sys

import nacl.exceptions
import nacl.signing

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
EVENT_TYPE = b"application/vnd.touchstone.event.v1+protobuf"


# --- The schema -------------------------------------------------------------------------------------------------------

def generate_stubs(folder):
    """Has protoc make the Python modules of the schema in `folder`, and makes them importable."""
    sources = sorted(str(path) for path in (PROTO / "touchstone" / "v1").glob("*.proto"))
    subprocess.run(["protoc", f"-I{PROTO}", "-I/usr/include", f"--python_out={folder}", f"--grpc_out={folder}",
                    f"--plugin=protoc-gen-grpc={shutil.which('grpc_python_plugin')}", *sources], check=True)
    sys.path.insert(0, str(folder))


def module(name):
    """A generated module, as `event_pb2`."""
    return importlib.import_module(f"touchstone.v1.{name}")


# --- Events -----------------------------------------------------------------------------------------------------------

def pae(payload, payload_type=EVENT_TYPE):
    """What a DSSE signature covers."""
    return b"DSSEv1 %d %b %d %b" % (len(payload_type), payload_type, len(payload), payload)


def event_id(payload):
    return hashlib.sha256(payload).digest()


def object_id(kind, event, number=0):
    """The id of an event's output, as `lot_...`."""
    digest = hashlib.sha256(f"touchstone-{kind}-v1\0".encode() + event + struct.pack(">I", number)).digest()
    return f"{kind}_{base64.b32encode(digest).decode().lower()[:26]}"


# --- The tree ---------------------------------------------------------------------------------------------------------

def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def _node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaves):
    """RFC 6962 MTH over leaf hashes, from the definition."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    while len(leaves) > 1:
        paired = [_node_hash(*leaves[i:i + 2]) for i in range(0, len(leaves) - 1, 2)]
        leaves = paired + ([leaves[-1]] if len(leaves) % 2 else [])
    return leaves[0]


def root_from_inclusion(index, size, leaf, path):
    """The root that an inclusion proof leads to (RFC 9162 2.1.3.2); None for a path of the wrong length."""
    node, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if node % 2 or node == last:
            root = _node_hash(sibling, root)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            root = _node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(old_size, new_size, old_root, new_root, path):
    """Whether a consistency proof holds (RFC 9162 2.1.4.2)."""
    if old_size == new_size:
        return not path and old_root == new_root
    if old_size & (old_size - 1) == 0:
        path = [old_root, *path]
    if not path:
        return False
    node, last = old_size - 1, new_size - 1
    while node % 2:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node % 2 or node == last:
            old, new = _node_hash(sibling, old), _node_hash(sibling, new)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            new = _node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


# --- Notes ------------------------------------------------------------------------------------------------------------

class Checkpoint:
    """A signed checkpoint, opened with the log's verifier key. ValueError when the signature is not the log's."""

    def __init__(self, note, vkey):
        text, _, signatures = note.rpartition("\n\n")
        text += "\n"
        name, key_id, key = vkey.split("+", 2)
        material = base64.b64decode(key)
        if material[:1] != b"\x01" or hashlib.sha256(name.encode() + b"\n" + material).digest()[:4].hex() != key_id:
            raise ValueError(f"{vkey} is no Ed25519 verifier key")
        self._check(text, signatures, name, bytes.fromhex(key_id), nacl.signing.VerifyKey(material[1:]))
        self.origin, size, root = text.split("\n")[:3]
        self.size, self.root = int(size), base64.b64decode(root)

    @staticmethod
    def _check(text, signatures, name, key_id, key):
        for line in signatures.splitlines():
            dash, signer, blob = line.split(" ")
            raw = base64.b64decode(blob)
            if dash != "\N{EM DASH}" or signer != name or raw[:4] != key_id:
                continue
            try:
                key.verify(text.encode(), raw[4:])
            except nacl.exceptions.BadSignatureError as error:
                raise ValueError("the log's signature does not hold") from error
            return
        raise ValueError("the log has not signed this checkpoint")
