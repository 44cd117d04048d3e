"""The project's own files, and C++ text without what is not code."""

import os
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = ("base", "crypto", "ledger", "storage", "services", "cli")

_NOT_OURS = {".git", "build", ".cache", "node_modules", "__pycache__", "dist"}

_NOT_CODE = re.compile(
    r"""
      //[^\n]*
    | /\*.*?\*/
    | R"(?P<fence>[^(\s]*)\(.*?\)(?P=fence)"
    | "(?:\\.|[^"\\\n])*"
    | '(?:\\.[0-9a-fA-F]*|[^'\\\n])'
    """,
    re.DOTALL | re.VERBOSE,
)


def files(*suffixes, under="."):
    """Every file below `under` with one of the suffixes (any, if none is given), relative to ROOT, sorted."""
    found = []
    for folder, folders, names in os.walk(ROOT / under):
        folders[:] = [name for name in folders if name not in _NOT_OURS and not name.startswith("cmake-build")]
        found += [pathlib.Path(folder, name).relative_to(ROOT) for name in names]
    return sorted(path for path in found if not suffixes or path.suffix in suffixes)


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def code_of(text):
    """C++ text with comments and literals blanked, every line where it was."""
    return _NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def body_from(code, start):
    """The text from the brace at `start` to the one that closes it."""
    depth = 0
    for offset in range(start, len(code)):
        depth += {"{": 1, "}": -1}.get(code[offset], 0)
        if depth == 0:
            return code[start : offset + 1]
    return code[start:]


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1
