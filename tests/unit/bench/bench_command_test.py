"""What `touchstone-bench` promises on its command line."""

import json
import os
import subprocess
import unittest

BENCH = os.path.join(os.environ["TOUCHSTONE_BIN"], "touchstone-bench")


def bench(*arguments):
    return subprocess.run([BENCH, *arguments], capture_output=True, text=True)


class BenchCommand(unittest.TestCase):
    def test_lists_its_groups(self):
        listed = bench("--list-groups")
        self.assertEqual(listed.returncode, 0)
        self.assertIn("encoding", [line.split()[0] for line in listed.stdout.splitlines()])

    def test_prints_nothing_but_json_lines_of_the_group_asked_for(self):
        done = bench("encoding", "--quick", "--json")
        figures = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertTrue(figures, done.stderr)
        for figure in figures:
            self.assertEqual(list(figure), ["name", "value", "unit", "limit", "ratio", "better", "pass", "n"])
            self.assertTrue(figure["name"].startswith("encoding."), figure)
        self.assertEqual(done.returncode, 0 if all(figure["pass"] for figure in figures) else 1)

    def test_refuses_an_unknown_group_with_status_2(self):
        done = bench("no_such_group", "--json")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("encoding", done.stderr)

    def test_refuses_an_unknown_option_with_status_2(self):
        self.assertEqual(bench("--no-such-option").returncode, 2)


if __name__ == "__main__":
    unittest.main()
