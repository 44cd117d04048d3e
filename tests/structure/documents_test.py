"""Links in the documents lead somewhere, and no text of the project speaks of the place where it was written."""

import re
import unittest
import urllib.parse

import tree

LINK = re.compile(r"!?\[[^\]\n]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
FENCED = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+\s+(.+?)\s*#*$", re.MULTILINE)

# In parts, so that this file does not contain what it looks for.
UNSPOKEN = re.compile("|".join([r"(?<![\w.])/wor" + "k/", r"\.\./sha" + "red", r"\.lib" + "rary", r"\bfar" + "m-"]))

BINARY = {".bin", ".gif", ".gz", ".ico", ".jpg", ".pb", ".pdf", ".png", ".pyc", ".sst", ".webp", ".woff2", ".zst"}


def anchors_of(text):
    """The anchors that a host of repositories gives the headings of a Markdown text."""
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
            for title in HEADING.findall(FENCED.sub("", text))}


def broken_links(path, text, exists, anchors):
    """Complaints about relative links of the document at `path`; `exists` and `anchors` look at another document."""
    for target in LINK.findall(FENCED.sub("", text)):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        name, _, anchor = target.partition("#")
        other = (path.parent / urllib.parse.unquote(name)) if name else path
        if not exists(other):
            yield f"{path}: {target} leads nowhere"
        elif anchor and other.suffix == ".md" and anchor not in anchors(other):
            yield f"{path}: {target} names no heading"


class TheTree(unittest.TestCase):
    maxDiff = None

    def test_has_no_broken_link(self):
        def complaints(path):
            return broken_links(path, tree.read(path), lambda other: (tree.ROOT / other).exists(),
                                lambda other: anchors_of(tree.read(other)))

        documents = tree.files(".md")
        self.assertTrue(documents)
        self.assertEqual([line for path in documents for line in complaints(path)], [])

    def test_speaks_only_of_itself(self):
        texts = [path for path in tree.files() if path.suffix not in BINARY]
        found = []
        for path in texts:
            text = (tree.ROOT / path).read_bytes().decode("utf-8", errors="replace")
            found += [f"{path}:{tree.line_of(text, m.start())}: {m.group()}" for m in UNSPOKEN.finditer(text)]
        self.assertEqual(found, [])


class TheCheck(unittest.TestCase):
    def complaints(self, text):
        import pathlib

        there = {pathlib.Path("docs/a.md"), pathlib.Path("docs/../README.md"), pathlib.Path("docs/x y.md")}
        return list(broken_links(pathlib.Path("docs/a.md"), text, there.__contains__, lambda other: {"one-heading"}))

    def test_reports_links_that_lead_nowhere(self):
        self.assertEqual(len(self.complaints("[a](b.md) ![b](c.png) [c](#two) [d](../README.md#three)")), 4)

    def test_allows_links_that_lead_somewhere(self):
        self.assertEqual(
            self.complaints("[a](a.md) [b](../README.md#one-heading) [c](#one-heading) [d](https://example.org/x) "
                            "[e](x%20y.md) [f](mailto:a@example.org)\n```\n[g](nowhere.md)\n```\n"), [])

    def test_knows_the_anchors_of_headings(self):
        self.assertEqual(anchors_of("# The bytes\n\ntext\n## `run`, and more #\n```\n# no heading\n```\n"),
                         {"the-bytes", "run-and-more"})

    def test_reports_every_unspoken_place(self):
        for text in ["see /wor" + "k/main", "in ../sha" + "red/x", "a .lib" + "rary folder", "run far" + "m-it"]:
            self.assertRegex(text, UNSPOKEN)
        for text in ["docs/network/work.md", "shared/x", "a library", "a farm - and a firm"]:
            self.assertNotRegex(text, UNSPOKEN)


if __name__ == "__main__":
    unittest.main()
