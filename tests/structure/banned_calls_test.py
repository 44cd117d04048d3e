"""Time and randomness come through base/clock.h and base/random.h, and nothing sleeps."""

import re
import unittest

import tree

CLOCK = "asks for the time: use base/clock.h"
RANDOM = "draws randomness: use base/random.h"
SLEEP = "sleeps: wait for what you wait for"

BANNED = [
    (re.compile(pattern), why)
    for why, patterns in {
        CLOCK: [
            r"\b\w*_clock::now\b",
            r"\babsl::Now\s*\(",
            r"(?<![\w.>:])(?:std::|::)?time\s*\(\s*(?:nullptr|NULL|0|&)",
            r"(?<!\w)(?:std)?::clock\s*\(\s*\)|\bCLOCKS_PER_SEC\b",
            r"\b(?:gettimeofday|clock_gettime|timespec_get|gpr_now|GetCurrentTimeNanos)\s*\(",
            r"\bGetCurrentTime\s*\(",
        ],
        RANDOM: [
            r"(?<![\w.>:])(?:std::|::)?(?:rand|random)\s*\(\s*\)",
            r"(?<![\w.>:])(?:std::|::)?srand(?:om)?\s*\(",
            r"\brandom_device\b",
            r"\b(?:mt19937\w*|minstd_rand0?|default_random_engine|ranlux\w+|knuth_b)\b",
            r"\babsl::(?:Insecure)?BitGen\b",
            r"\b(?:getrandom|getentropy|RAND_bytes|arc4random\w*)\s*\(",
            r"\brandombytes_\w+",
            r"\bcrypto_(?!\w+_seed_keypair)\w+_(?:keypair|keygen)\s*\(",
        ],
        SLEEP: [
            r"\bsleep_(?:for|until)\b",
            r"\babsl::SleepFor\b",
            r"(?<![\w.>:])(?:::)?(?:u|nano|clock_nano)?sleep\s*\(",
        ],
    }.items()
    for pattern in patterns
]

ALLOWED = {
    ("base/clock.cc", CLOCK),
    ("base/random.cc", RANDOM),
}


def banned_calls(path, text):
    """Complaints about the C++ file at `path`. Tests may use seeded generators."""
    code = tree.code_of(text)
    for pattern, why in BANNED:
        if (path, why) in ALLOWED or (path.startswith("tests/") and "mt19937" in pattern.pattern):
            continue
        for match in pattern.finditer(code):
            yield f"{path}:{tree.line_of(code, match.start())}: {match.group().strip()} {why}"


class TheTree(unittest.TestCase):
    maxDiff = None

    def test_has_no_banned_call(self):
        sources = [path for folder in tree.ROOMS + ("tests",) for path in tree.files(".h", ".cc", under=folder)]
        self.assertTrue(sources)
        self.assertEqual([line for path in sources for line in banned_calls(str(path), tree.read(path))], [])


class TheCheck(unittest.TestCase):
    def test_reports_every_kind_of_banned_call(self):
        for line in [
            "auto now = std::chrono::system_clock::now();",
            "auto now = steady_clock::now();",
            "absl::Time t = absl::Now();",
            "long t = time(nullptr);",
            "long t = std::time (0);",
            "auto t = std::clock();",
            "double s = ticks / CLOCKS_PER_SEC;",
            "gettimeofday(&tv, nullptr);",
            "::clock_gettime(CLOCK_MONOTONIC, &ts);",
            "int r = rand();",
            "int r = std::rand();",
            "long r = random();",
            "srand(7);",
            "std::random_device device;",
            "std::mt19937_64 engine(device());",
            "getrandom(out, 32, 0);",
            "randombytes_buf(out, 32);",
            "crypto_sign_keypair(pk, sk);",
            "crypto_secretbox_keygen(k);",
            "absl::BitGen gen;",
            "std::this_thread::sleep_for(1s);",
            "absl::SleepFor(absl::Seconds(1));",
            "usleep(10);",
            "sleep(1);",
        ]:
            self.assertEqual(len(list(banned_calls("ledger/decide.cc", line))), 1, line)

    def test_allows_each_source_its_own_file_only(self):
        self.assertEqual(list(banned_calls("base/clock.cc", "std::chrono::system_clock::now();")), [])
        self.assertEqual(list(banned_calls("base/random.cc", "getrandom(out, 32, 0);")), [])
        self.assertEqual(len(list(banned_calls("base/random.cc", "std::chrono::system_clock::now();"))), 1)
        self.assertEqual(len(list(banned_calls("base/clock.cc", "getrandom(out, 32, 0);"))), 1)

    def test_allows_tests_a_seeded_generator_but_no_clock(self):
        self.assertEqual(list(banned_calls("tests/unit/a_test.cc", "std::mt19937_64 engine(7);")), [])
        self.assertEqual(len(list(banned_calls("tests/unit/a_test.cc", "std::random_device device;"))), 1)
        self.assertEqual(len(list(banned_calls("tests/unit/a_test.cc", "sleep(1);"))), 1)

    def test_leaves_alone_what_only_looks_alike(self):
        for line in [
            "int64_t recorded_at = entry.time();",
            "Clock& clock() { return clock_; }",
            "node->random(); Fill(random(seed));",
            "// std::chrono::system_clock::now() is what we avoid",
            '"sleep(1) is a string"',
            "operand(3); runtime(0); oversleep(2);",
            "crypto_sign_seed_keypair(public_key, secret_key, seed);",
        ]:
            self.assertEqual(list(banned_calls("ledger/decide.cc", line)), [], line)


if __name__ == "__main__":
    unittest.main()
