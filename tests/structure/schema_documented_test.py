"""Every message, field, enum, value, service and method of the schema says what its name does not."""

import pathlib
import re
import tempfile
import unittest

from google.protobuf import descriptor_pb2

import tree
from schema import comments_of, descriptors_of, number_of

LEAST_WORDS = 3
WORD = re.compile(r"[A-Za-z0-9]+")

# Where the parts of a file stand: field numbers of descriptor.proto, of which the paths of source information consist.
FILE, MESSAGE, ENUM, SERVICE = (
    descriptor_pb2.FileDescriptorProto, descriptor_pb2.DescriptorProto, descriptor_pb2.EnumDescriptorProto,
    descriptor_pb2.ServiceDescriptorProto)


def parts_of_message(message, name, path):
    yield name, path
    for kind, members in (("field", message.field), ("oneof_decl", message.oneof_decl)):
        for i, member in enumerate(members):
            # An `optional` field brings a oneof that nobody wrote.
            if kind == "oneof_decl" and any(f.proto3_optional and f.oneof_index == i for f in message.field):
                continue
            yield f"{name}.{member.name}", (*path, number_of(MESSAGE, kind), i)
    for i, nested in enumerate(message.nested_type):
        # A map's entries are made by protoc, not written by anyone.
        if not nested.options.map_entry:
            yield from parts_of_message(nested, f"{name}.{nested.name}", (*path, number_of(MESSAGE, "nested_type"), i))
    for i, enum in enumerate(message.enum_type):
        yield from parts_of_enum(enum, f"{name}.{enum.name}", (*path, number_of(MESSAGE, "enum_type"), i))


def parts_of_enum(enum, name, path):
    yield name, path
    for i, value in enumerate(enum.value):
        # What 0 means is said once, at the head of event.proto.
        if value.number != 0 or not value.name.endswith("_UNSPECIFIED"):
            yield f"{name}.{value.name}", (*path, number_of(ENUM, "value"), i)


def parts_of_service(service, name, path):
    yield name, path
    for i, method in enumerate(service.method):
        yield f"{name}.{method.name}", (*path, number_of(SERVICE, "method"), i)


def parts_of(file):
    """Name and path of everything in a file that must be documented."""
    for kind, members, parts in (("message_type", file.message_type, parts_of_message),
                                 ("enum_type", file.enum_type, parts_of_enum),
                                 ("service", file.service, parts_of_service)):
        for i, member in enumerate(members):
            yield from parts(member, member.name, (number_of(FILE, kind), i))


def is_documented(name, comment):
    """Whether the comment has enough words, and more than the words of the name."""
    named = {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+", name.rpartition(".")[2])}
    words = [word.lower() for word in WORD.findall(comment)]
    return len(words) >= LEAST_WORDS and not named.issuperset(words)


def undocumented(descriptors):
    """The names of all parts of the files of a descriptor set that lack a comment before or behind them."""
    for file in descriptors.file:
        comments = comments_of(file)
        for name, path in parts_of(file):
            if not is_documented(name, comments.get(path, "")):
                yield f"{file.name}: {name}"


class TheTree(unittest.TestCase):
    maxDiff = None

    def test_documents_every_part_of_the_schema(self):
        names = [str(path.relative_to("proto")) for path in tree.files(".proto", under="proto")]
        descriptors = descriptors_of(tree.ROOT / "proto", names)
        self.assertEqual(len(descriptors.file), len(names))
        self.assertIn("Event.body", [name for file in descriptors.file for name, _ in parts_of(file)])
        self.assertEqual(list(undocumented(descriptors)), [])


class TheCheck(unittest.TestCase):
    DOCUMENTED = """
        syntax = "proto3";

        // Stands for its kind here.
        message Message {
          // Which of the two it is.
          enum Kind {
            KIND_UNSPECIFIED = 0;
            KIND_ONE = 1;  // the first of two
          }
          // Carried along as it is.
          message Nested {
            // As wide as it gets.
            uint64 field = 1;
          }
          // A name and what it stands for.
          map<string, string> map = 1;
          optional uint32 maybe = 2;  // may be left out
          // One of these is set.
          oneof choice {
            uint32 chosen = 3;  // the only choice there is
          }
        }

        // Answers when it is asked.
        enum Enum {
          ENUM_UNSPECIFIED = 0;
          // What follows after nothing.
          ENUM_ONE = 1;
        }

        // Does what it is asked.
        service Service {
          // Gives back what it got.
          rpc Method(Message) returns (Message);
        }
        """

    def complaints(self, text):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "a.proto").write_text(text, encoding="utf-8")
            return [line.removeprefix("a.proto: ") for line in undocumented(descriptors_of(folder, ["a.proto"]))]

    def test_allows_a_schema_that_is_documented(self):
        self.assertEqual(self.complaints(self.DOCUMENTED), [])

    def test_reports_every_kind_of_part_without_a_comment(self):
        bare = re.sub(r"//[^\n]*", "", self.DOCUMENTED)
        self.assertEqual(sorted(self.complaints(bare)), sorted([
            "Message", "Message.Kind", "Message.Kind.KIND_ONE", "Message.Nested", "Message.Nested.field", "Message.map",
            "Message.maybe", "Message.choice", "Message.chosen", "Enum", "Enum.ENUM_ONE", "Service", "Service.Method"]))

    def test_reports_comments_that_say_nothing(self):
        for comment in ["The token.", "page token", "Token page token.", "--- a rule ---"]:
            said = self.DOCUMENTED.replace("As wide as it gets.", comment).replace("uint64 field", "uint64 page_token")
            self.assertEqual(self.complaints(said), ["Message.Nested.page_token"], comment)

    def test_reports_a_comment_that_an_empty_line_parts_from_what_it_is_about(self):
        parted = self.DOCUMENTED.replace("As wide as it gets.\n", "As wide as it gets.\n\n")
        self.assertEqual(self.complaints(parted), ["Message.Nested.field"])


if __name__ == "__main__":
    unittest.main()
