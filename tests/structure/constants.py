"""What constants, structs and switches of C++ say, in the plain shapes in which the project writes its figures.

Integers, arithmetic, bits of forms, braces (by position or `.name =`), and switches whose cases return something. What
is written in another shape is an error here, not a figure left out.
"""

import re

import tree

CONSTANT = re.compile(r"\bconstexpr\s+([\w:]+)\s+(\w+)\s*=\s*([^;]*);")
MEMBER = re.compile(r"^\s*(?:uint32_t|uint64_t|int64_t|bool|[A-Z]\w+)\s+(\w+)\s*=\s*[^;]*;", re.MULTILINE)
CASE_OR_END = re.compile(r"\bcase\s+v1::(?:\w+::)*(\w+)\s*:|\breturn\s+([^;]*);|\b(break)\s*;")

_REWRITTEN = (
    (re.compile(r"(?<=\d)'(?=\d)"), ""),                                      # 1'000
    (re.compile(r"\b(\d+)(?:u|l|ul|ll|ull)\b", re.IGNORECASE), r"\1"),        # 10LL
    (re.compile(r"\b(?:u?int\d+_t|size_t)\s*\{([^{}]*)\}"), r"(\1)"),         # int64_t{24}
    (re.compile(r"\bv1::(?:\w+::)*(\w+)"), r'"\1"'),                          # v1::FORM_ORE
    (re.compile(r"\.(\w+)\s*="), r"\1="),                                     # .version = 1
    (re.compile(r"\{"), "_braces("),
    (re.compile(r"\}"), ")"),
    (re.compile(r"/"), "//"),
    (re.compile(r"\btrue\b"), "True"),
    (re.compile(r"\bfalse\b"), "False"),
)


def value_of(expression, known):
    """The value of a constant expression: a number; a set of forms, from FormBit; a list or dict, from braces."""
    for shape, python in _REWRITTEN:
        expression = shape.sub(python, expression)
    names = {**known, "FormBit": lambda form: frozenset([form]), "_braces": lambda *each, **named: named or list(each)}
    return eval(f"({expression})", {"__builtins__": {}}, names)  # the project's own source


def constants_of(code):
    """Every `constexpr` of the code in its order: name to (type, value)."""
    found = {}
    for kind, name, expression in CONSTANT.findall(code):
        found[name] = (kind, value_of(expression, {name: value for name, (_, value) in found.items()}))
    return found


def members_of(code, struct):
    """The names of a struct's members that have a default, in their order."""
    match = re.search(rf"\bstruct\s+{struct}\s*\{{", code)
    return MEMBER.findall(tree.body_from(code, match.end() - 1))


def body_of(code, function):
    """The body of a function, with its braces."""
    match = re.search(rf"\b{function}\s*\([^;{{]*\{{", code)
    return tree.body_from(code, match.end() - 1)


def returned_by(code, function):
    """What the one `return` of a function says."""
    (said,) = re.findall(r"\breturn\s+([^;]*);", body_of(code, function))
    return said


def cases_of(code, function):
    """What a function's switch returns, by the names of the enum's values; those that only break are left out."""
    said, waiting = {}, []
    for label, returned, _ in CASE_OR_END.findall(body_of(code, function)):
        if label:
            waiting.append(label)
            continue
        if returned:
            said.update((name, returned) for name in waiting if not name.endswith("_DO_NOT_USE_"))
        waiting = []
    return said
