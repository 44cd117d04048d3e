"""The command `touchstone` as people run it. All that the story knows of the ledger is parsed from what it prints."""

import dataclasses
import json
import pathlib
import subprocess

# How the command ends, of what its help documents.
DONE, REFUSED, NOT_VERIFIABLE = 0, 1, 3


class Mismatch(Exception):
    """The ledger answered something else than the story expects."""


@dataclasses.dataclass
class Party:
    """Someone who signs: the organisation's name, where it keeps its key, and its id once it is registered."""

    name: str
    key_file: pathlib.Path
    public_key: str
    id: str = ""


@dataclasses.dataclass
class Event:
    """An event that the ledger admitted, or one signed for later: what it made, and what was found on it."""

    made: list
    findings: list = dataclasses.field(default_factory=list)
    index: int = -1
    size: int = 0


class Touchstone:
    """Runs the command, counts what the ledger admits and refuses, and expects a clean record unless told otherwise."""

    def __init__(self, program, trust):
        self.program = program
        self.trust = trust
        self.server = ""
        self.accepted = 0
        self.refused = []

    # --- Running ----------------------------------------------------------------------------------------------------

    def run(self, *arguments):
        """Runs it as given; returns how it ended and what it printed."""
        finished = subprocess.run([self.program, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True,
                                  encoding="utf-8", timeout=60, check=False)
        return finished.returncode, finished.stdout, finished.stderr

    def ask(self, *arguments, expect=(DONE,), online=True, trust=None):
        """Runs it with --json and returns the object it printed."""
        options = ["--trust", trust or self.trust] + (["--server", self.server] if online else [])
        code, out, err = self.run(*arguments, "--json", *options)
        try:
            answer = json.loads(out)
        except ValueError as error:
            raise Mismatch(f"`touchstone {' '.join(map(str, arguments))}` printed no JSON: {out}{err}") from error
        if code not in expect:
            raise Mismatch(f"`touchstone {' '.join(map(str, arguments))}` ended with {code}: {out}{err}")
        return answer

    def draw(self, *arguments):
        """Runs it for people and returns the text."""
        code, out, err = self.run(*arguments, "--trust", self.trust, "--server", self.server)
        if code != DONE:
            raise Mismatch(f"`touchstone {' '.join(map(str, arguments))}` ended with {code}: {out}{err}")
        return out

    # --- Keys -------------------------------------------------------------------------------------------------------

    def new_party(self, name, folder):
        """Makes a key for someone not yet registered."""
        slug = "".join(c if c.isalnum() else "-" for c in name.lower())
        key_file = folder / f"{slug}.key"
        code, out, err = self.run("key", "new", key_file, "--name", slug, "--json")
        if code != DONE:
            raise Mismatch(f"no key for {name}: {out}{err}")
        return Party(name, key_file, json.loads(out)["public_key"])

    # --- Events -----------------------------------------------------------------------------------------------------

    def record(self, *arguments, by, at, finding=None):
        """Submits an event, signed by one or several; it must be admitted, with this finding or none."""
        answer = self.ask(*arguments, *_signing(by, at))
        return self._admit(answer, finding)

    def sign(self, outbox, *arguments, by, at, cosigner=None):
        """Signs an event into a file, away from the network."""
        later = ["--cosigner", cosigner.public_key] if cosigner else []
        answer = self.ask(*arguments, *_signing(by, at), *later, "--offline", outbox, online=False)
        return Event(made=answer["created"])

    def cosign(self, outbox, by):
        """Adds the signature that the events of a file still lack. How many there were."""
        cosigned = self.ask("event", "cosign", outbox, "--key", by.key_file, online=False)["cosigned"]
        if any(event["missing_signatures"] for event in cosigned):
            raise Mismatch(f"{outbox} still lacks signatures: {cosigned}")
        return len(cosigned)

    def submit(self, outbox):
        """Sends a file; all of it must be admitted and clean. The events, in the order of the file."""
        answer = self.ask("submit", outbox)
        if answer["refused"] or answer["parked"] or answer["skipped"] or answer["already_recorded"]:
            raise Mismatch(f"not everything in {outbox} was admitted anew: {answer}")
        events = [self._admit(result, None) for result in answer["results"]]
        if len(events) != answer["accepted"]:
            raise Mismatch(f"{answer['accepted']} accepted, but {len(events)} receipts: {answer}")
        return events

    def try_to(self, case, reason, *arguments, by, at):
        """Submits an event that must be refused for exactly this reason. What the ledger says about it."""
        answer = self.ask(*arguments, *_signing(by, at), expect=(DONE, REFUSED))
        error = answer.get("error")
        if error is None or error["reason"] != reason:
            raise Mismatch(f"{case} should be refused as {reason}, not answered with {answer}")
        self.refused.append({"case": case, "reason": error["reason"]})
        return error

    def count_genesis(self):
        """The one event that the server's own `init` submits is in the log like any other."""
        genesis = self.ask("event", "show", 0)
        if genesis["verb"] != "genesis":
            raise Mismatch(f"entry 0 is no genesis: {genesis}")
        return self._admit(genesis, None)

    def _admit(self, answer, finding):
        found = [f["code"] for f in answer["findings"]]
        if found != ([finding] if finding else []):
            raise Mismatch(f"found {found}, expected {finding or 'nothing'}: {answer}")
        self.accepted += 1
        return Event(answer["created"], answer["findings"], answer["index"], answer["checkpoint"]["size"])


def _signing(by, at):
    signers = by if isinstance(by, (list, tuple)) else [by]
    return [option for signer in signers for option in ("--key", signer.key_file)] + ["--at", at]
