"""An event's signature, judged by OpenSSL over the bytes that `touchstone event show` writes."""

import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))

from node import Node, run, write_key_file, key_of


class OpenSsl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = cls.enterClassContext(Node())
        cls.node.start()
        cls.pem = cls.public_pem(cls.node.root_file)

    @classmethod
    def public_pem(cls, key_file):
        pem = key_file.with_suffix(".pem")
        pem.write_text(run("touchstone", "key", "show", key_file, "--pem").stdout, encoding="ascii")
        return pem

    def shown(self, index):
        """The files with the bytes that an event's first signature covers, and with the signature."""
        pae, signature = self.node.folder / f"{index}.pae", self.node.folder / f"{index}.sig"
        shown = run("touchstone", "event", "show", index, "--pae", pae, "--signature", signature, "--server",
                    self.node.grpc)
        self.assertEqual(shown.returncode, 0, shown.stdout + shown.stderr)
        return pae, signature

    def verify(self, pem, pae, signature):
        """What `openssl pkeyutl` says, and how it ends."""
        finished = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", pem, "-rawin", "-in", pae,
                                   "-sigfile", signature], capture_output=True, text=True, timeout=30, check=False)
        return finished.returncode, finished.stdout + finished.stderr

    def test_accepts_the_signature_of_an_event(self):
        recorded = run("touchstone", "party", "register", "--name", "Mina Clara", "--country", "PE", "--role", "miner",
                       "--key", self.node.root_file, "--server", self.node.grpc, "--trust", self.node.trust)
        self.assertEqual(recorded.returncode, 0, recorded.stdout + recorded.stderr)
        for index in (0, 1):  # genesis, and the registration
            code, said = self.verify(self.pem, *self.shown(index))
            self.assertEqual(code, 0, said)
            self.assertIn("Signature Verified Successfully", said)

    def test_rejects_a_flipped_byte(self):
        pae, signature = self.shown(0)
        for file in (pae, signature):
            with self.subTest(file=file.name):
                spoiled = file.with_suffix(".spoiled" + file.suffix)
                content = bytearray(file.read_bytes())
                content[len(content) // 2] ^= 1
                spoiled.write_bytes(content)
                code, _ = self.verify(self.pem, *(spoiled if f == file else f for f in (pae, signature)))
                self.assertNotEqual(code, 0)

    def test_rejects_the_key_of_another(self):
        other = self.node.folder / "other.key"
        write_key_file(other, key_of("other"))
        code, _ = self.verify(self.public_pem(other), *self.shown(0))
        self.assertNotEqual(code, 0)


if __name__ == "__main__":
    unittest.main()
