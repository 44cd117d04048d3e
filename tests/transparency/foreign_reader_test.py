"""A reader in another language: it submits an event over HTTP, reads the log as tiles and believes only the log's key.

Nothing here is this project's code: HTTP by Python's library and by curl, hashes by hashlib, tiles and checkpoints as C2SP
describe them. It also holds the gateway's OpenAPI document against the schema as protoc reads it.
"""

import base64
import contextlib
import functools
import gzip
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.request

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / folder) for folder in ("support", "structure")]

import schema
import wire
from client import Author, Client, sign
from node import Node, key_of, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENTRIES = 300


def setUpModule():
    global node, author
    stubs = tempfile.TemporaryDirectory(prefix="touchstone-stubs-")
    unittest.addModuleCleanup(stubs.cleanup)
    wire.generate_stubs(stubs.name)
    node = unittest.enterModuleContext(Node())
    node.start()
    author = Author(node.genesis_id)
    client = Client(node)
    unittest.addModuleCleanup(client.close)
    batch = wire.module("custody_service_pb2").SubmitBatchRequest(
        envelopes=[registration(f"Mina {number}") for number in range(ENTRIES - 1)])
    if any(result.WhichOneof("result") != "receipt" for result in client.custody.SubmitBatch(batch).results):
        raise RuntimeError("the log does not take its entries")


def registration(name):
    """An envelope in which root registers a miner."""
    authority = wire.module("authority_pb2")
    party = authority.RegisterParty(name=name, country="PE", roles=[authority.ROLE_MINER])
    return sign(author.payload([node.root], register_party=party), [node.root])


def get(path, address=None, **fields):
    """The answer to a GET, with its body."""
    request = urllib.request.Request(f"http://{address or node.http}{path}", headers=fields)
    with urllib.request.urlopen(request, timeout=30) as response:
        return response, response.read()


def add(envelope):
    """The index at which an event is recorded."""
    request = urllib.request.Request(f"http://{node.http}/add", data=envelope,
                                     headers={"Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return int(response.read().decode("ascii"))


def status_of(path, **fields):
    try:
        return get(path, **fields)[0].status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def tile_path(level, index, width):
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return f"/tile/{level}/{path}" + ("" if width == 256 else f".p/{width}")


def entries_of(bundle):
    entries = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        entries.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return entries


def read_log(address, **fields):
    """Reads a log and checks it; its checkpoint and entries."""
    checkpoint = wire.Checkpoint(get("/checkpoint", address)[1].decode("utf-8"), node.log_vkey)
    entries = []
    for index in range(-(-checkpoint.size // 256)):
        width = min(256, checkpoint.size - index * 256)
        response, bundle = get(tile_path("entries", index, width), address, **fields)
        if response.headers["Content-Encoding"] == "gzip":
            bundle = gzip.decompress(bundle)
        found = entries_of(bundle)
        hashes = b"".join(wire.leaf_hash(entry) for entry in found)
        if get(tile_path(0, index, width), address)[1] != hashes:
            raise AssertionError(f"bundle {index} is not what its tile says")
        entries += found
    if wire.root_of([wire.leaf_hash(entry) for entry in entries]) != checkpoint.root:
        raise AssertionError("the entries are not those under the checkpoint")
    return checkpoint, entries


class AReader(unittest.TestCase):
    def test_verifies_the_whole_log_with_the_key_alone(self):
        checkpoint, entries = read_log(node.http)
        self.assertGreaterEqual(checkpoint.size, ENTRIES)
        self.assertEqual(read_log(node.http, **{"Accept-Encoding": "gzip"})[1][: checkpoint.size], entries)

    def test_finds_what_it_added_at_the_index_that_it_was_told(self):
        envelope = registration("Mina Clara")
        index = add(envelope)
        self.assertEqual(add(envelope), index)
        entry = wire.module("envelope_pb2").LogEntry.FromString(read_log(node.http)[1][index])
        self.assertEqual(entry.envelope, envelope)
        receipt = json.loads(get(f"/v1/entries/{index}")[1])["receipt"]
        self.assertEqual(int(receipt["index"]), index)
        self.assertEqual(base64.b64decode(receipt["entry"]), read_log(node.http)[1][index])

    def test_is_told_in_json_what_is_wrong(self):
        with self.assertRaises(urllib.error.HTTPError) as caught:
            add(b"gold")
        with caught.exception as error:
            self.assertEqual((error.code, json.load(error)["error"]["reason"]), (400, "ENVELOPE_MALFORMED"))
        self.assertEqual(status_of("/v1/lots/lot_aaaaaaaaaaaaaaaaaaaaaaaaaa"), 404)

    def test_asks_again_only_for_what_changed(self):
        etag = get("/tile/0/000")[0].headers["ETag"]
        self.assertEqual(status_of("/tile/0/000", **{"If-None-Match": etag}), 304)

    def test_gets_nowhere_with_paths_of_a_file_system(self):
        for path in ["/../etc/passwd", "/tile/0/../../../etc/passwd", "/tile/%2e%2e/%2e%2e/etc/passwd", "/etc/passwd"]:
            self.assertEqual(status_of(path), 404, path)


class Curl(unittest.TestCase):
    def curl(self, *arguments):
        return subprocess.run(["curl", "--silent", "--show-error", "--max-time", "30", *arguments], check=True,
                              capture_output=True).stdout

    def test_resumes_a_download_in_the_middle(self):
        whole = self.curl(f"http://{node.http}/tile/0/000")
        self.assertEqual(len(whole), 8192)
        self.assertEqual(self.curl("--range", "8000-", f"http://{node.http}/tile/0/000"), whole[8000:])

    def test_unpacks_what_was_compressed(self):
        url = f"http://{node.http}/tile/entries/000"
        self.assertEqual(self.curl("--compressed", url), self.curl(url))


class AnExport(unittest.TestCase):
    @contextlib.contextmanager
    def served(self, folder):
        """A plain web server over `folder`; its address."""
        class Quiet(http.server.SimpleHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield "%s:%d" % server.server_address
            finally:
                server.shutdown()
                thread.join()

    def export(self, folder, *source):
        finished = run("touchstoned", "export", folder, *source, "--json")
        self.assertEqual(finished.returncode, 0, finished.stderr)
        return json.loads(finished.stdout)

    def test_is_the_same_log_on_any_web_server_and_grows_with_it(self):
        with tempfile.TemporaryDirectory() as folder:
            tree, copy = f"{folder}/tree", f"{folder}/copy"
            first = self.export(tree, "--from", f"http://{node.http}", "--log-key", node.log_vkey)
            with self.served(tree) as address:
                self.assertEqual(read_log(address)[0].size, first["size"])
                add(registration("Mina Lucero"))
                second = self.export(tree, "--from", f"http://{node.http}")
                self.assertEqual((second["old_size"], second["size"]), (first["size"], first["size"] + 1))
                self.assertLess(second["files_written"], first["files_written"])
                self.assertEqual(read_log(address)[0].size, second["size"])
                self.assertEqual(self.export(copy, "--from", f"http://{address}")["size"], second["size"])

    def test_comes_from_the_directory_of_a_stopped_node_too(self):
        with Node() as other, tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.export(f"{folder}/tree", "--data", other.data)["size"], 1)
            other.start()
            in_use = run("touchstoned", "export", f"{folder}/tree", "--data", other.data)
            self.assertEqual(in_use.returncode, 1)
            self.assertIn("LEDGER_IN_USE", in_use.stderr)

    def test_leaves_it_to_the_node_to_say_that_nothing_was_signed(self):
        with Node() as other, tempfile.TemporaryDirectory() as folder:
            mark = pathlib.Path(other.data) / "mark"
            mark.unlink()
            refused = run("touchstoned", "export", f"{folder}/tree", "--data", other.data)
            self.assertIn("MARK_ABSENT", refused.stderr)
            self.assertFalse(mark.exists(), "a mark that nobody compared would vouch for a backup")

    def test_needs_to_know_from_where(self):
        for arguments in [[], ["--data", "a", "--from", "http://b"]]:
            self.assertEqual(run("touchstoned", "export", "nowhere", *arguments).returncode, 2)
        self.assertEqual(run("touchstoned", "export", "nowhere", "--from", "gopher://b").returncode, 2)


class TheOpenApiDocument(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.document = json.loads(get("/openapi.json")[1])
        names = sorted(path.name for path in (ROOT / "proto/touchstone/v1").glob("*.proto"))
        files = schema.descriptors_of(ROOT / "proto", [f"touchstone/v1/{name}" for name in names]).file
        cls.services = {f"{file.package}.{service.name}": service for file in files for service in file.service}
        cls.messages = {}
        for file in files:
            for message in file.message_type:
                cls.remember(f"{file.package}.{message.name}", message)

    @classmethod
    def remember(cls, name, message):
        cls.messages[name] = message
        for nested in message.nested_type:
            cls.remember(f"{name}.{nested.name}", nested)

    def test_has_every_field_of_every_message_and_no_other(self):
        schemas = self.document["components"]["schemas"]
        self.assertGreater(len(schemas), 60)
        for name, told in schemas.items():
            self.assertEqual(sorted(told["properties"]), sorted(field.name for field in self.messages[name].field), name)

    def test_names_the_types_that_the_methods_have(self):
        for path, operations in self.document["paths"].items():
            for operation in operations.values():
                service, _, method = operation["x-rpc"].rpartition(".")
                rpc = next(rpc for rpc in self.services[service].method if rpc.name == method)
                content = operation["responses"]["200"]["content"].get("application/json")
                if content:
                    self.assertEqual(content["schema"]["$ref"], "#/components/schemas/" + rpc.output_type[1:], path)
                if path != "/add":
                    fields = {field.name for field in self.messages[rpc.input_type[1:]].field}
                    self.assertLessEqual({parameter["name"] for parameter in operation["parameters"]}, fields, path)

    def test_refers_only_to_what_it_has(self):
        text = json.dumps(self.document)
        for name in set(text.split('"#/components/schemas/')[1:]):
            self.assertIn(name.split('"')[0], self.document["components"]["schemas"])


if __name__ == "__main__":
    unittest.main()
