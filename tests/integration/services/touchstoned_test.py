"""The program touchstoned, as an operator meets it: what it makes, says, refuses, and how it ends."""

import json
import os
import pathlib
import signal
import stat
import subprocess
import sys
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))

import node  # noqa: E402


class Founding(unittest.TestCase):
    def test_makes_a_log_key_for_its_owner_alone_and_a_trust_file(self):
        with node.Node() as ledger:
            self.assertEqual(stat.S_IMODE(os.stat(ledger.data / "log.key").st_mode), 0o600)
            trust = ledger.trust.read_text(encoding="utf-8")
            for value in (node.ORIGIN, ledger.genesis_id.hex(), ledger.log_vkey):
                self.assertIn(f"'{value}'", trust)

    def test_refuses_a_directory_that_holds_anything(self):
        with node.Node() as ledger:
            again = node.run("touchstoned", "init", "--data", ledger.data, "--origin", node.ORIGIN,
                             "--root-key", ledger.root_file)
            self.assertEqual(again.returncode, 1)
            self.assertIn("DIRECTORY_NOT_EMPTY", again.stderr)
            self.assertTrue(ledger.fsck()["ok"])

    def test_refuses_what_the_rules_would_refuse_and_makes_nothing(self):
        with node.Node() as ledger:
            for name, options in {"spaces": ("--origin", "gold ledger"), "plus": ("--origin", "gold+ledger"),
                                  "threshold": ("--origin", node.ORIGIN, "--threshold", "2")}.items():
                target = ledger.folder / name
                refused = node.run("touchstoned", "init", "--data", target, "--root-key", ledger.root_file, *options)
                self.assertEqual(refused.returncode, 2, refused.stderr)
                self.assertFalse(target.exists(), name)

    def test_refuses_an_origin_that_names_no_ledger(self):
        with node.Node() as ledger:
            for origin in ("two words", "gold+example"):
                target = ledger.folder / "other"
                refused = node.run("touchstoned", "init", "--data", target, "--origin", origin, "--root-key",
                                   ledger.root_file)
                self.assertEqual(refused.returncode, 2, origin)
                self.assertIn("BAD_ORIGIN", refused.stderr)
                self.assertFalse(target.exists(), origin)

    def test_refuses_a_root_key_that_others_may_read(self):
        with node.Node() as ledger:
            os.chmod(ledger.root_file, 0o644)
            refused = node.run("touchstoned", "init", "--data", ledger.folder / "other", "--origin", node.ORIGIN,
                               "--root-key", ledger.root_file)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("KEY_FILE_EXPOSED", refused.stderr)


class Serving(unittest.TestCase):
    def test_says_where_it_serves_and_under_which_process(self):
        with node.Node() as ledger:
            ledger.start()
            ports = ledger.daemon.addresses
            self.assertEqual(ports["pid"], ledger.pid)
            self.assertRegex(ports["grpc"], r"^127\.0\.0\.1:[1-9]\d*$")
            self.assertRegex(ports["http"], r"^127\.0\.0\.1:[1-9]\d*$")

    def test_ends_with_0_when_asked_by_either_signal(self):
        with node.Node() as ledger:
            for wanted in (signal.SIGTERM, signal.SIGINT):
                ledger.start()
                os.kill(ledger.pid, wanted)
                self.assertEqual(ledger.wait(), 0, ledger.last_words())

    def test_logs_one_json_object_a_line(self):
        with node.Node() as ledger:
            config = ledger.folder / "config.toml"
            config.write_text(f'data_dir = "{ledger.data}"\ngrpc_listen = "127.0.0.1:0"\nhttp_listen = ""\nlog_format = "json"\n',
                              encoding="utf-8")
            served = subprocess.Popen([node.BIN / "touchstoned", "serve", "--config", config], stdin=subprocess.DEVNULL,
                                      stderr=subprocess.PIPE, text=True)
            first = json.loads(served.stderr.readline())
            served.send_signal(signal.SIGTERM)
            rest = served.communicate(timeout=node.TIMEOUT_S)[1]
            self.assertEqual(served.returncode, 0)
            self.assertEqual((first["message"], first["level"], first["origin"]), ("serving", "info", node.ORIGIN))
            self.assertEqual([json.loads(line)["message"] for line in rest.splitlines()], ["draining", "stopped"])

    def test_refuses_a_damaged_mark(self):
        with node.Node() as ledger:
            os.truncate(ledger.data / "mark", 3)
            failed = node.run("touchstoned", "serve", "--data", ledger.data, "--grpc-listen", "127.0.0.1:0", "--http-listen", "")
            self.assertEqual(failed.returncode, 1)
            self.assertIn("MARK_DAMAGED", failed.stderr)

    def test_refuses_a_wrong_configuration_naming_key_and_line(self):
        with node.Node() as ledger:
            config = ledger.folder / "config.toml"
            for text, words in {'data_dir = "x"\ncolour = 1\n': (":2:", "colour", "CONFIG_UNKNOWN_KEY"),
                                "threads = true\n": (":1:", "threads", "CONFIG_VALUE")}.items():
                config.write_text(text, encoding="utf-8")
                refused = node.run("touchstoned", "serve", "--config", config)
                self.assertEqual(refused.returncode, 2)
                for word in words:
                    self.assertIn(word, refused.stderr)

    def test_refuses_to_listen_in_the_clear_beyond_this_machine(self):
        with node.Node() as ledger:
            refused = node.run("touchstoned", "serve", "--data", ledger.data, "--grpc-listen", "0.0.0.0:0")
            self.assertEqual(refused.returncode, 2)
            self.assertIn("INSECURE_LISTEN", refused.stderr)

    def test_refuses_a_directory_that_is_no_ledger(self):
        with node.Node() as ledger:
            refused = node.run("touchstoned", "serve", "--data", ledger.folder)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("NOT_A_LEDGER", refused.stderr)


class Checking(unittest.TestCase):
    def test_says_clean_and_exits_with_0(self):
        with node.Node() as ledger:
            checked = node.run("touchstoned", "fsck", "--data", ledger.data)
            self.assertEqual(checked.returncode, 0, checked.stderr)
            self.assertIn("clean: 1 entries", checked.stdout)

    def test_lists_problems_and_exits_with_1(self):
        with node.Node() as ledger:
            other = node.Node()
            with other:
                os.replace(other.data / "mark", ledger.data / "mark")
            checked = node.run("touchstoned", "fsck", "--data", ledger.data, "--json")
            self.assertEqual(checked.returncode, 1, checked.stderr)
            report = json.loads(checked.stdout)
            self.assertFalse(report["ok"])
            self.assertEqual([problem["where"] for problem in report["problems"]], ["mark"])

    def test_refuses_a_ledger_that_is_being_served(self):
        with node.Node() as ledger:
            ledger.start()
            refused = node.run("touchstoned", "fsck", "--data", ledger.data)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("LEDGER_IN_USE", refused.stderr)


class CommandLine(unittest.TestCase):
    def test_exits_with_2_when_it_is_wrong(self):
        for arguments in ([], ["dance"], ["serve"], ["serve", "--threads", "many"], ["init"], ["fsck", "--data"]):
            finished = node.run("touchstoned", *arguments)
            self.assertEqual(finished.returncode, 2, arguments)
            self.assertNotEqual(finished.stderr, "", arguments)

    def test_helps(self):
        for arguments in (["--help"], ["init", "--help"], ["serve", "--help"], ["fsck", "--help"]):
            finished = node.run("touchstoned", *arguments)
            self.assertEqual(finished.returncode, 0, arguments)
            self.assertIn("touchstoned", finished.stdout)
        self.assertRegex(node.run("touchstoned", "--version").stdout, r"^touchstoned \d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    unittest.main()
