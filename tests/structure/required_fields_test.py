"""The fields that ledger/form.cc requires are those of which the schema says so."""

import re
import unittest

import tree
from schema import comments_of, descriptors_of, number_of
from google.protobuf import descriptor_pb2

TABLE = "ledger/form.cc"
SCHEMA = ("authority", "custody", "quantity")
FILE, MESSAGE = descriptor_pb2.FileDescriptorProto, descriptor_pb2.DescriptorProto

# Required of some kinds of licence alone.
CONDITIONAL = {"RegisterLicence.site_ids"}


def fields_of(message, name, path):
    for i, field in enumerate(message.field):
        yield f"{name}.{field.name}", field, (*path, number_of(MESSAGE, "field"), i)
    for i, nested in enumerate(message.nested_type):
        yield from fields_of(nested, f"{name}.{nested.name}", (*path, number_of(MESSAGE, "nested_type"), i))


def is_required(field, comment):
    """`Required.` stands alone; a list that holds something says how many: `1 to 256`."""
    if re.search(r"\bRequired\.", comment):
        return True
    return field.label == field.LABEL_REPEATED and re.search(r"\b1 to \d", comment) is not None


def required_by_schema():
    found = set()
    names = [f"touchstone/v1/{name}.proto" for name in SCHEMA]
    for file in descriptors_of(tree.ROOT / "proto", names).file:
        comments = comments_of(file)
        for i, message in enumerate(file.message_type):
            for name, field, path in fields_of(message, message.name, (number_of(FILE, "message_type"), i)):
                if is_required(field, comments.get(path, "")):
                    found.add(name)
    return found - CONDITIONAL


class RequiredFieldsTest(unittest.TestCase):
    def test_table_is_what_the_schema_says(self):
        table = re.search(r"kRequired\[\] = \{(.*?)\};", tree.read(TABLE), re.DOTALL).group(1)
        names = re.findall(r'"([^"]+)"', table)
        self.assertEqual(names, sorted(required_by_schema()))


if __name__ == "__main__":
    unittest.main()
