"""Who may include whom: the arrows between rooms, and the one room in which each heavy part is seen."""

import re
import unittest

import tree

MAY_INCLUDE = {
    "base": {"base"},
    "crypto": {"crypto", "base"},
    "ledger": {"ledger", "crypto", "proto", "base"},
    "storage": {"storage", "crypto", "proto", "base"},
    "services": {"services", "storage", "ledger", "crypto", "proto", "base"},
    "cli": {"cli", "ledger", "crypto", "proto", "base"},
}

# Headers with one home: pattern, where it may be included, and its name in reports.
HOMES = [
    (re.compile(r"rocksdb/"), re.compile(r"storage/"), "RocksDB"),
    (re.compile(r"sodium(\.h$|/)"), re.compile(r"crypto/"), "libsodium"),
    (re.compile(r"httplib\.h$"), re.compile(r"(services/gateway/http_server|base/http_client)\.cc$"), "cpp-httplib"),
    (re.compile(r"prometheus/"), re.compile(r"services/gateway/metrics\.cc$"), "prometheus-cpp"),
    (re.compile(r"grpc(pp|\+\+)?/|.*\.grpc\.pb\.h$"), re.compile(r"services/|cli/client\.cc$"), "gRPC"),
]

# Rooms whose functions depend on their arguments alone include nothing that reads a clock, a file or a thread.
PURE = {"crypto", "ledger"}
IMPURE = re.compile(
    r"(base/clock\.h|base/http_client\.h|absl/time/clock\.h|chrono|ctime|time\.h|fstream|filesystem|iostream|thread|fcntl\.h|unistd\.h"
    r"|sys/(stat|types|socket|mman|random)\.h)$"
)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
LINK = re.compile(r"\btouchstone::(\w+)")


def room_of(header):
    """The room of a header, "" for one whose path names no room, None for one of others."""
    folder = header.split("/")[0] if "/" in header else ""
    if folder == "touchstone":
        return "proto"
    return folder if folder in ("", "proto", "tests", *tree.ROOMS) else None


def wrong_includes(path, text):
    """Complaints about the includes of the file at `path`, a text like "crypto/merkle.cc"."""
    room = path.split("/")[0]
    for match in INCLUDE.finditer(text):
        header = match.group(1) or match.group(2)
        where = f"{path}:{tree.line_of(text, match.start())}: includes {header}"
        for pattern, home, name in HOMES:
            if pattern.match(header) and not home.match(path):
                yield f"{where}, but {name} does not belong there"
        if room in PURE and IMPURE.match(header):
            yield f"{where}, but {room} is pure"
        if match.group(1) and room_of(header) not in MAY_INCLUDE[room] | {None}:
            yield f"{where}, but {room} may include {', '.join(sorted(MAY_INCLUDE[room]))} alone, by their full paths"


def wrong_links(room, text):
    """Complaints about the libraries that the CMakeLists.txt of `room` names."""
    text = re.sub(r"#[^\n]*", "", text)
    for target in sorted(set(LINK.findall(text))):
        if target == "proto_grpc":
            if room not in ("services", "cli"):
                yield f"{room}/CMakeLists.txt: links {target}, but gRPC does not belong there"
        elif target in MAY_INCLUDE | {"proto": ()} and target not in MAY_INCLUDE[room]:
            yield f"{room}/CMakeLists.txt: links {target}, an arrow that the design does not have"


class TheTree(unittest.TestCase):
    maxDiff = None

    def test_has_no_include_that_the_design_lacks(self):
        sources = [path for room in tree.ROOMS for path in tree.files(".h", ".cc", under=room)]
        self.assertTrue(sources)
        self.assertEqual([line for path in sources for line in wrong_includes(str(path), tree.read(path))], [])

    def test_has_no_link_that_the_design_lacks(self):
        lists = [room for room in tree.ROOMS if (tree.ROOT / room / "CMakeLists.txt").exists()]
        self.assertTrue(lists)
        self.assertEqual(
            [line for room in lists for line in wrong_links(room, tree.read(f"{room}/CMakeLists.txt"))], [])


class TheCheck(unittest.TestCase):
    def test_allows_what_the_design_allows(self):
        for path, line in [
            ("ledger/decide.cc", '#include "crypto/dsse.h"'),
            ("ledger/decide.cc", '#include "touchstone/v1/event.pb.h"'),
            ("ledger/decide.cc", "#include <vector>"),
            ("storage/store.cc", '#include "rocksdb/db.h"'),
            ("storage/store.cc", "#include <rocksdb/db.h>"),
            ("crypto/ed25519.cc", "#include <sodium.h>"),
            ("crypto/ed25519.cc", '#include "absl/strings/str_cat.h"'),
            ("services/main.cc", '#include "storage/store.h"'),
            ("services/main.cc", "#include <grpcpp/grpcpp.h>"),
            ("cli/client.cc", '#include "touchstone/v1/log_service.grpc.pb.h"'),
            ("services/gateway/http_server.cc", "#include <httplib.h>"),
            ("base/http_client.cc", "#include <httplib.h>"),
            ("cli/vantage.cc", '#include "base/http_client.h"'),
        ]:
            self.assertEqual(list(wrong_includes(path, line)), [], (path, line))

    def test_reports_every_kind_of_wrong_include(self):
        for path, line in [
            ("base/status.cc", '#include "crypto/hash.h"'),
            ("crypto/merkle.cc", '#include "storage/store.h"'),
            ("crypto/merkle.cc", '#include "touchstone/v1/event.pb.h"'),
            ("crypto/merkle.cc", '#include "base/clock.h"'),
            ("crypto/log_source.cc", '#include "base/http_client.h"'),
            ("ledger/decide.cc", '#include "storage/store.h"'),
            ("ledger/decide.cc", '  #  include "services/admission.h"'),
            ("ledger/decide.cc", "#include <chrono>"),
            ("storage/store.cc", '#include "ledger/decide.h"'),
            ("storage/store.cc", "#include <sodium.h>"),
            ("storage/store.cc", '#include "store.h"'),
            ("services/main.cc", '#include "cli/table.h"'),
            ("services/main.cc", '#include "rocksdb/db.h"'),
            ("services/gateway/gateway.cc", "#include <httplib.h>"),
            ("cli/vantage.cc", "#include <httplib.h>"),
            ("services/node.cc", "#include <prometheus/counter.h>"),
            ("cli/main.cc", '#include "storage/store.h"'),
            ("cli/main.cc", "#include <grpcpp/grpcpp.h>"),
            ("cli/main.cc", '#include "touchstone/v1/log_service.grpc.pb.h"'),
            ("cli/main.cc", '#include "tests/support/story.h"'),
        ]:
            self.assertEqual(len(list(wrong_includes(path, line))), 1, (path, line))

    def test_names_the_line(self):
        self.assertIn("crypto/a.cc:3:", next(wrong_includes("crypto/a.cc", '\n\n#include "cli/table.h"\n')))

    def test_reports_wrong_links(self):
        self.assertEqual(list(wrong_links("storage", "LINK touchstone::crypto touchstone::proto rocksdb")), [])
        self.assertEqual(list(wrong_links("services", "LINK touchstone::proto_grpc touchstone::storage")), [])
        self.assertEqual(len(list(wrong_links("storage", "LINK touchstone::ledger"))), 1)
        self.assertEqual(len(list(wrong_links("crypto", "LINK touchstone::proto"))), 1)
        self.assertEqual(len(list(wrong_links("ledger", "LINK touchstone::proto_grpc"))), 1)


if __name__ == "__main__":
    unittest.main()
