"""What a buyer gets: the tree, the verdicts, and a file that holds without the server."""

from road import POLICIES
from touchstone import NOT_VERIFIABLE, Mismatch

MARKS = {"PASS": "+", "FAIL": "x", "INDETERMINATE": "?"}


def trace_ring(stage):
    """From the ring back to the mines."""
    stage.tell.chapter("Where a ring comes from")
    nodes = stage.cli.ask("trace", stage.claim)["nodes"]
    mines = {node["site_name"] for node in nodes if node.get("step") == "produce"}
    if len(mines) != 3:
        raise Mismatch(f"the ring should come from three mines, not {sorted(mines)}")
    stage.tell.show(stage.cli.draw("trace", stage.claim))


def judge_ring(stage):
    """Both packs, with their reasons."""
    stage.tell.chapter("The verdicts")
    answer = stage.cli.ask("evaluate", stage.claim)
    judged = {evaluation["policy_id"]: evaluation["verdict"] for evaluation in answer["evaluations"]}
    if judged != dict.fromkeys(POLICIES, "PASS"):
        raise Mismatch(f"the ring should pass {POLICIES}: {judged}")
    for evaluation in answer["evaluations"]:
        stage.tell.say(f"{evaluation['policy_id']}, version {evaluation['version']}: {evaluation['verdict']}")
        for reason in evaluation["reasons"]:
            stage.tell.fact(f"{MARKS[reason['bearing']]} {reason['text']} (entry {reason['entry_index']})")


def write_bundle(stage):
    """One file with all that the verdict rests on, and beside it the public key to check it with."""
    stage.tell.chapter("A file that holds without the server")
    stage.bundle, stage.trust_copy = stage.out / "ring.touchstone", stage.out / "trust.toml"
    answer = stage.cli.ask("bundle", stage.claim, "-o", stage.bundle)
    stage.trust_copy.write_bytes(stage.cli.trust.read_bytes())
    stage.checkpoint = stage.cli.ask("log", "checkpoint")
    stage.tell.say("""The bundle holds the entries that the verdict rests on, proof that they are in the log, and the
        policy packs. The trust file holds the ledger's name and public key, nothing secret.""")
    stage.tell.fact(f"{stage.bundle}: {answer['entries']} entries, {answer['bytes']} bytes")


def verify_offline(stage):
    """With the server stopped, only the trust file is believed."""
    report = stage.cli.ask("verify", stage.bundle, trust=stage.trust_copy, online=False)
    seen = {key: report["checkpoint"][key] for key in ("size", "root")}
    if report["subject"] != stage.claim or seen != {key: stage.checkpoint[key] for key in ("size", "root")}:
        raise Mismatch(f"the bundle speaks of something else than was asked for: {report}")
    stage.verdict, stage.checkpoint = report["verdict"], seen
    stage.tell.say("The server is stopped. Anyone may now check the file, believing nothing but the key:")
    stage.tell.fact(f"{report['entries']} entries are in the log of {report['origin']} as of {seen['size']} entries")
    stage.tell.fact(f"{report['signatures']} signatures hold, and every rule that these entries decide was kept")
    unchecked = "; ".join(item["fact"] for item in report["not_checked"])
    stage.tell.fact(f"{report['verdict']} on the evidence shown. Not checked here: {unchecked}")


def tamper(stage):
    """One byte of a copy is changed."""
    forged = stage.folder / "forged.touchstone"
    content = bytearray(stage.bundle.read_bytes())
    content[len(content) // 2] ^= 0x01
    forged.write_bytes(content)
    report = stage.cli.ask("verify", forged, trust=stage.trust_copy, expect=(NOT_VERIFIABLE,), online=False)
    stage.tamper_detected = report["verdict"] == "NOT_VERIFIABLE"
    stage.tell.say(f"In a copy, one bit of byte {len(content) // 2} is flipped:")
    stage.tell.fact(f"{report['verdict']}: {report.get('reason', '')} {report.get('message', '')}")
