"""Every test program holds tests, and every test asserts something and is not switched off.

The one argument names a file that lists the test programs, one path a line.
"""

import re
import subprocess
import sys
import unittest

import tree

CASE = re.compile(r"^(?:TYPED_)?TEST(?:_F|_P)?\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)\s*\{|^RC_GTEST_\w+\s*\(", re.MULTILINE)
ASSERTION = re.compile(
    r"\b(?:EXPECT|ASSERT|RC|ADD_FAILURE|FAIL)(?:_\w+)?\b|\b(?:Expect|Assert|Check|Verify|Must)\w*\s*\(|\brc::check\b")
SWITCHED_OFF = re.compile(r"\bGTEST_SKIP\b|\bDISABLED_\w+")


def idle_tests(path, text):
    """Complaints about tests in the C++ file at `path` that cannot fail."""
    code = tree.code_of(text)
    for match in SWITCHED_OFF.finditer(code):
        yield f"{path}:{tree.line_of(code, match.start())}: {match.group()} switches a test off"
    for match in CASE.finditer(code):
        if match.group(1) and not ASSERTION.search(tree.body_from(code, match.end() - 1)):
            yield f"{path}:{tree.line_of(code, match.start())}: {match.group(2)} asserts nothing"


def cases_of(program):
    """The test cases that a GoogleTest program lists."""
    listed = subprocess.run([program, "--gtest_list_tests"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if line.startswith("  ")]


class TheTree(unittest.TestCase):
    maxDiff = None
    programs_file = ""

    def test_has_no_test_that_cannot_fail(self):
        sources = tree.files(".h", ".cc", under="tests")
        self.assertTrue(sources)
        self.assertEqual([line for path in sources for line in idle_tests(str(path), tree.read(path))], [])

    def test_has_no_test_program_without_tests(self):
        with open(self.programs_file, encoding="utf-8") as lines:
            programs = lines.read().split("\n")
        self.assertTrue(programs)
        self.assertEqual([program for program in programs if not cases_of(program)], [])


class TheCheck(unittest.TestCase):
    def test_reports_tests_that_cannot_fail(self):
        for text in [
            "TEST(A, DoesNothing) {}",
            "TEST_F(A, OnlyRuns) {\n  Run();\n}\n",
            "TEST(A, OnlyTalksOfIt) {\n  // EXPECT_TRUE(x)\n}",
            "TEST(A, IsSkipped) { GTEST_SKIP(); EXPECT_TRUE(x); }",
            "TEST(A, DISABLED_IsOff) { EXPECT_TRUE(x); }",
        ]:
            self.assertEqual(len(list(idle_tests("tests/unit/a_test.cc", text))), 1, text)

    def test_allows_tests_that_can_fail(self):
        for text in [
            "TEST(A, Asserts) { if (x) { y(); } ASSERT_EQ(x, y); }",
            'TEST(A, CallsAHelper) {\n  ExpectRefused("}");\n}',
            "RC_GTEST_PROP(A, Holds, (int x)) { RC_ASSERT(x == x); }",
        ]:
            self.assertEqual(list(idle_tests("tests/unit/a_test.cc", text)), [], text)


if __name__ == "__main__":
    TheTree.programs_file = sys.argv.pop()
    unittest.main()
