"""The schema as protoc reads it, with its comments."""

import pathlib
import subprocess
import tempfile

from google.protobuf import descriptor_pb2


def number_of(kind, field):
    """The number of a field of descriptor.proto; the paths of source information consist of them."""
    return kind.DESCRIPTOR.fields_by_name[field].number


def descriptors_of(folder, names):
    """What protoc makes of the files below `folder`, with their comments."""
    with tempfile.NamedTemporaryFile(suffix=".pb") as out:
        subprocess.run(["protoc", f"-I{folder}", "--include_source_info", f"--descriptor_set_out={out.name}", *names],
                       check=True)
        return descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(out.name).read_bytes())


def comments_of(file):
    """The comments of a file by the path of what they are about: those before it, then those behind it."""
    return {tuple(location.path): location.leading_comments + location.trailing_comments
            for location in file.source_code_info.location}
