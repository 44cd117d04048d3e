"""The figures of the rulesets, as ledger/ruleset.h and ruleset.cc write them."""

import dataclasses
import re

import constants
import tree

# Members of a ruleset that are the forms of a step without inputs.
SOURCES_OF_GOLD = {"produced_forms": "produce", "intake_forms": "intake"}


@dataclasses.dataclass
class Rulesets:
    """What the two files say."""

    members: list   # of Ruleset
    versions: dict  # version to {figure: value}
    steps: dict     # name to {"takes", "makes", "adds mass", "loss band"}
    caps: dict      # method to ppm
    transit: set    # countries


def flat(values):
    """A dict whose values may be dicts, as one: `a.b` for what is below `a`."""
    below = {name: {f"{name}.{inner}": value for inner, value in whole.items()} if isinstance(whole, dict)
             else {name: whole} for name, whole in values.items()}
    return {name: value for each in below.values() for name, value in each.items()}


def step_of(rule):
    return {"takes": set(rule["input_forms"]), "makes": set(rule["output_forms"]), "adds mass": rule["may_add_metal"],
            "loss band": rule["loss_band_ppm"]}


def with_names(value, fields):
    """Braces by position, by the names of the struct's members."""
    return dict(zip(fields, value)) if fields and isinstance(value, list) else value


def versions_in(typed, fields):
    """Version to its figures, of every constant that is a Ruleset."""
    found = {}
    for kind, values in typed.values():
        if kind == "Ruleset":
            whole = {name: with_names(value, fields["Threshold"]) for name, value in values.items()}
            found[values["version"]] = flat(whole)
    return found


def steps_in(code, typed, versions):
    """Every step's rule, by its name in lower case."""
    rules = {name: step_of(value) for name, (kind, value) in typed.items() if kind == "StepRule"}
    returned = {name.removeprefix("KIND_").lower(): rule for function in ("StepRuleOf", "AccountRule")
                for name, rule in constants.cases_of(code, function).items() if rule != "nullptr"}
    returned |= {"make_piece": constants.returned_by(code, "PieceRule"),
                 "process": constants.returned_by(code, "ProcessRule")}
    steps = {name: rules[rule.removeprefix("&")] for name, rule in returned.items()}
    for member, step in SOURCES_OF_GOLD.items():
        (forms,) = {values[member] for values in versions.values() if member in values}
        steps[step] = {"takes": set(), "makes": set(forms), "adds mass": False, "loss band": None}
    return steps


def caps_in(code):
    return {name.removeprefix("ASSAY_METHOD_"): constants.value_of(returned, {})
            for name, returned in constants.cases_of(code, "UncertaintyCapPpm").items()
            if name != "ASSAY_METHOD_UNSPECIFIED"}


def read_rulesets(header, source):
    """Reads the texts of the two files."""
    bare_header, code = tree.code_of(header), tree.code_of(source)
    fields = {kind: constants.members_of(bare_header, kind) for kind in ("Ruleset", "StepRule", "Threshold")}
    typed = {name: (kind, with_names(value, fields.get(kind)))
             for name, (kind, value) in constants.constants_of(code).items()}
    versions = versions_in(typed, fields)
    transit = set(re.findall(r'country == "(\w\w)"', constants.body_of(source, "IsTransitCountry")))
    return Rulesets(fields["Ruleset"], versions, steps_in(code, typed, versions), caps_in(code), transit)
