"""docs/rules.md says of every code what the rules say of it, and every figure as the rulesets have it."""

import copy
import datetime
import fractions
import re
import unicodedata
import unittest

from google.protobuf import descriptor_pb2

import constants
import tree
from page import TICKED, named, rows_of, tables_of
from rulesets import SOURCES_OF_GOLD, read_rulesets
from schema import comments_of, descriptors_of, number_of

DOCUMENT = "docs/rules.md"
SCHEMA = "touchstone/v1/reason.proto"

# The chapter of each enum; how its codes begin; how the comment of each begins, and in which column the page says so.
ENUMS = {
    "Refusals": ("Reason", "REASON_", re.compile(r"([LG]), [A-Z_]+\. "), "L/G"),
    "Findings": ("FindingCode", "FINDING_CODE_", re.compile(r"(CRITICAL|WARNING|NOTICE), on "), "severity"),
    "Verdicts": ("VerdictCode", "VERDICT_CODE_", re.compile(r"(PASS|FAIL|INDETERMINATE)[.,] "), "bearing"),
}
# What columns may say, where the schema does not.
CHOICES = {
    ("Findings", "rests on"): {"event", "totals"},
    ("Verdicts", "rests on"): {"shown", "absence"},
    ("Steps", "adds mass"): {"yes", "no"},
    ("Steps", "verified"): {"yes", "no"},
    ("Figures", "verified"): {"yes", "no"},
}
FILLED = {"the rule", "what is found", "what it says", "source", "to mend it", "used for", "since", "unit", "why"}

# Members of a ruleset that are no figures.
NO_FIGURES = {"version", "whole_domain"}

# What one unit of the page is in the unit in which the code counts.
UNITS = {
    ("us", "minutes"): 60 * 10**6,
    ("us", "days"): 24 * 3600 * 10**6,
    ("ng", "g"): 10**9,
    ("ng", "ozt"): 31_103_476_800,
    ("mg", "t"): 10**9,
    ("e7", "degrees"): 10**7,
}

CODE_NAME = re.compile(r"[A-Z]+(?:_[A-Z]+)+")
FIGURE_NAME = re.compile(r"[a-z]+(?:_[a-z]+)+(?:\.[a-z_]+)?")


def number(cell):
    """The number in a cell, thousands parted by commas; None for anything else."""
    return fractions.Fraction(cell.replace(",", "")) if re.fullmatch(r"[\d,]+(?:\.\d+)?", cell) else None


def repeated(names):
    return sorted({name for name in names if names.count(name) > 1})


def compared(what, documented, actual):
    """Complaints where two dicts differ; a documented value of None is not understood."""
    for name in sorted(documented.keys() | actual.keys()):
        if name not in documented:
            yield f"{what}: {name} is not documented"
        elif name not in actual:
            yield f"{what}: {name} does not exist"
        elif documented[name] != actual[name]:
            yield f"{what}: {name} is {actual[name]}, not {documented[name]}"


# --- Codes ------------------------------------------------------------------------------------------------------------


def enums_of(file):
    """The enums with a chapter, by name: its own comment, and number and comment of each value without prefix."""
    comments = comments_of(file)
    prefixes = {name: prefix for name, prefix, _, _ in ENUMS.values()}
    found = {}
    for i, enum in enumerate(file.enum_type):
        path = (number_of(descriptor_pb2.FileDescriptorProto, "enum_type"), i)
        values = number_of(descriptor_pb2.EnumDescriptorProto, "value")
        if enum.name in prefixes:
            found[enum.name] = (comments.get(path, ""), {
                value.name.removeprefix(prefixes[enum.name]):
                    (value.number, comments.get((*path, values, k), "").strip())
                for k, value in enumerate(enum.value) if value.number != 0})
    return found


def code_complaints(tables, enums):
    """Every code of the schema is an entry of its chapter, once, and says what the schema's comment begins with."""
    for chapter, (enum, _, beginning, column) in ENUMS.items():
        values = enums[enum][1]
        rows = rows_of(tables, chapter, "code")
        entries = [named(row["code"]) for row in rows]
        yield from (f"{chapter}: {code} stands there more than once" for code in repeated(entries))
        said = {code: match.group(1) for code, (_, comment) in values.items() if (match := beginning.match(comment))}
        yield from (f"{SCHEMA}: the comment of {code} says no {column}" for code in values if code not in said)
        yield from compared(chapter, {named(row["code"]): row[column] for row in rows}, said)


def severity_complaints(tables, findings_code):
    """Severities are those that the ledger gives."""
    given = {code.removeprefix("FINDING_CODE_"): constants.value_of(severity, {}).removeprefix("SEVERITY_")
             for code, severity in constants.cases_of(findings_code, "SeverityOf").items()}
    rows = rows_of(tables, "Findings", "code")
    yield from compared("ledger/findings.cc", {named(row["code"]): row["severity"] for row in rows}, given)


def since_complaints(tables, enums, newest):
    """Rulesets exist, and findings are those that the schema says came with each."""
    for chapter in [*ENUMS, "Steps"]:
        for row in rows_of(tables, chapter, "since"):
            if row["since"] not in {str(version) for version in range(1, newest + 1)}:
                yield f"{chapter}: no ruleset {row['since']}: {row}"
    comment, values = enums["FindingCode"]
    match = re.search(r"Codes up to (\d+) are those of ruleset 1", comment)
    if not match:
        yield f"{SCHEMA}: the comment of FindingCode does not say which codes ruleset 1 has"
        return
    for row in rows_of(tables, "Findings", "code"):
        code = named(row["code"])
        if code in values and (row["since"] == "1") != (values[code][0] <= int(match.group(1))):
            yield f"Findings: {code} does not come with ruleset {row['since']}"


# --- Cells ------------------------------------------------------------------------------------------------------------


def cell_complaints(tables):
    """Nothing that an entry must say is empty, and choices are such."""
    for table in tables:
        for row in table.rows:
            first = next(iter(row.values()))
            yield from (f"{table.chapter}: {first} says nothing under `{column}`"
                        for column, cell in row.items() if column in FILLED and not cell)
            yield from (f"{table.chapter}: {first} says {cell} under `{column}`" for column, cell in row.items()
                        if (table.chapter, column) in CHOICES and cell not in CHOICES[table.chapter, column])


def source_complaints(tables):
    """Every source is a key of the table of sources, and used; what is verified was at hand."""
    at_hand = {row["key"]: row["at hand"] for row in rows_of(tables, "Sources", "key")}
    used = set()
    for table in tables:
        for row in table.rows:
            keys = [re.split(r"[,:]", source)[0].strip() for source in row.get("source", "").split(";")]
            first = next(iter(row.values()))
            if "source" not in row or keys == [""]:
                continue
            used.update(keys)
            yield from (f"{table.chapter}: {first} has an unknown source {key}" for key in keys if key not in at_hand)
            if row.get("verified") == "yes" and any(at_hand.get(key) != "yes" for key in keys):
                yield f"{table.chapter}: {first} is verified by a source that was not at hand"
    yield from (f"Sources: {key} is the source of nothing" for key in sorted(at_hand.keys() - used))


def name_complaints(text, tables, enums, figures):
    """Codes and figures that the text names exist."""
    codes = {code for _, values in enums.values() for code in values}
    methods = {named(row["method"]) for row in rows_of(tables, "Figures", "method")}
    for name in sorted(set(TICKED.findall(text))):
        if CODE_NAME.fullmatch(name) and name not in codes | methods:
            yield f"{DOCUMENT}: no code {name}"
        if FIGURE_NAME.fullmatch(name) and name not in figures:
            yield f"{DOCUMENT}: no figure {name}"


# --- Figures ----------------------------------------------------------------------------------------------------------


def form_name(word):
    """`doré` is FORM_DORE."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return f"FORM_{bare.upper()}"


def step_complaints(tables, rulesets):
    """Forms, added mass and loss bands of every step."""
    words = {row["word"]: row["forms"].split(", ") for row in rows_of(tables, "Steps", "word")}

    def forms(cell):
        return {form_name(form) for word in cell.split(", ") if word for form in words.get(word, [word])}

    rows = rows_of(tables, "Steps", "step")
    yield from (f"Steps: {step} stands there more than once" for step in repeated([row["step"] for row in rows]))
    for column, read in (("takes", forms), ("makes", forms), ("adds mass", lambda cell: cell == "yes"),
                         ("loss band", number)):
        yield from compared(f"Steps, {column}", {named(row["step"]): read(row[column]) for row in rows},
                            {step: rule[column] for step, rule in rulesets.steps.items()})


def in_units_of_code(row, column, name_column):
    """The value in the unit that the name's ending tells; None for one that is not understood."""
    if row[column] == "-":
        return 0
    if row["unit"] == "UTC":
        moment = datetime.datetime.fromisoformat(row[column])
        return int((moment - datetime.datetime.fromtimestamp(0, datetime.UTC)).total_seconds()) * 10**6
    ending = re.search(r"[A-Z]?[a-z]*\d*$", named(row[name_column])).group().lower()
    value = number(row[column])
    if value is None or (ending in {"us", "ng", "e7"} and (ending, row["unit"]) not in UNITS):
        return None
    return value * UNITS.get((ending, row["unit"]), 1)


def figure_complaints(tables, rulesets):
    """Every figure of every ruleset."""
    rows = rows_of(tables, "Figures", "figure")
    yield from (f"Figures: {name} stands there more than once" for name in repeated([row["figure"] for row in rows]))
    left_out = NO_FIGURES | SOURCES_OF_GOLD.keys()
    names = {name for values in rulesets.versions.values() for name in values if name not in left_out}
    bare = {name.partition(".")[0] for name in names}
    yield from (f"ledger/ruleset.h: no ruleset sets {member}" for member in rulesets.members
                if member not in bare | left_out)
    for version, values in rulesets.versions.items():
        column = f"ruleset {version}"
        if any(column not in row for row in rows):
            yield f"Figures: no column `{column}`"
            continue
        yield from compared(f"Figures, {column}", {named(row["figure"]): in_units_of_code(row, column, "figure")
                                                   for row in rows}, {name: values.get(name, 0) for name in names})
    methods = rows_of(tables, "Figures", "method")
    yield from compared("Figures, caps", {named(row["method"]): number(row["cap"]) for row in methods}, rulesets.caps)
    countries = rows_of(tables, "Figures", "country")
    yield from compared("Figures, transit countries", {named(row["country"]): True for row in countries},
                        {country: True for country in rulesets.transit})


def limit_complaints(tables, header):
    """Limits are those of base/limits.h, and none of the limits on events' fields is missing."""
    actual = {name: value for name, (_, value) in constants.constants_of(tree.code_of(header)).items()}
    fields = re.search(r"// --- Fields of events -+\n(.*?)\n// ---", header, re.DOTALL).group(1)
    rows = rows_of(tables, "Figures", "limit")
    documented = {named(row["limit"]): in_units_of_code(row, "value", "limit") for row in rows}
    yield from (f"Limits: {name} stands there more than once" for name in repeated([row["limit"] for row in rows]))
    demanded = documented.keys() | constants.constants_of(tree.code_of(fields)).keys()
    yield from compared("Limits", documented, {name: actual[name] for name in demanded if name in actual})


# --- Tests ------------------------------------------------------------------------------------------------------------


class Case(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.text = tree.read(DOCUMENT)
        (file,) = descriptors_of(tree.ROOT / "proto", [SCHEMA]).file
        cls.file = file
        cls.header = tree.read("ledger/ruleset.h")
        cls.source = tree.read("ledger/ruleset.cc")
        cls.findings = tree.code_of(tree.read("ledger/findings.cc"))
        cls.limits = tree.read("base/limits.h")

    def complaints(self, **changed):
        """About the tree with some of its texts changed; `tables` stands for the parsed page."""
        given = {name: changed.get(name, getattr(self, name))
                 for name in ("text", "file", "header", "source", "findings", "limits")}
        tables = changed.get("tables", tables_of(given["text"]))
        enums = enums_of(given["file"])
        rulesets = read_rulesets(given["header"], given["source"])
        figures = {*rulesets.members, *rulesets.steps, *(name for each in rulesets.versions.values() for name in each)}
        return [
            *code_complaints(tables, enums),
            *severity_complaints(tables, given["findings"]),
            *since_complaints(tables, enums, max(rulesets.versions)),
            *cell_complaints(tables),
            *source_complaints(tables),
            *name_complaints(given["text"], tables, enums, figures),
            *step_complaints(tables, rulesets),
            *figure_complaints(tables, rulesets),
            *limit_complaints(tables, given["limits"]),
        ]


class TheTree(Case):
    def test_documents_every_code_and_figure_as_it_is(self):
        self.assertEqual(self.complaints(), [])


class TheCheck(Case):
    """Each fault is made in the real page or in what it is held against, and must be reported."""

    def expect(self, complaint, **changed):
        found = self.complaints(**changed)
        self.assertTrue(any(re.search(complaint, line) for line in found), (complaint, found))

    def expect_of_row(self, complaint, chapter, column, name, edit):
        """`edit` changes the rows of the table that has this name in this column, and the row's place."""
        tables = copy.deepcopy(tables_of(self.text))
        (rows,) = [table.rows for table in tables if table.chapter == chapter
                   and any(named(row.get(column, "")) == name for row in table.rows)]
        (place,) = [i for i, row in enumerate(rows) if named(row[column]) == name]
        edit(rows, place)
        self.expect(complaint, tables=tables)

    def expect_of_cell(self, complaint, chapter, column, name, **cells):
        self.expect_of_row(complaint, chapter, column, name, lambda rows, place: rows[place].update(cells))

    def changed(self, text, old, new):
        self.assertEqual(text.count(old), 1, old)
        return text.replace(old, new)

    def entries(self):
        return [("Refusals", "LOT_CONSUMED"), ("Findings", "HIGH_LOSS"), ("Verdicts", "ATTESTED")]

    def test_reports_a_code_that_has_no_entry(self):
        for chapter, code in self.entries():
            self.expect_of_row(f"{chapter}: {code} is not documented", chapter, "code", code,
                               lambda rows, place: rows.pop(place))

    def test_reports_a_code_with_two_entries(self):
        for chapter, code in self.entries():
            self.expect_of_row(f"{chapter}: {code} stands there more than once", chapter, "code", code,
                               lambda rows, place: rows.append(rows[place]))

    def test_reports_an_entry_without_a_code(self):
        for chapter, code in self.entries():
            self.expect_of_cell(f"{chapter}: NEVER_HEARD does not exist", chapter, "code", code, code="`NEVER_HEARD`")

    def test_reports_a_new_code_of_the_schema(self):
        file = copy.deepcopy(self.file)
        file.enum_type[0].value.add(name="REASON_FRESH", number=9_999)
        self.expect("the comment of FRESH says no L/G", file=file)

    def test_reports_what_differs_from_the_comment_of_the_schema(self):
        self.expect_of_cell("Refusals: LOT_CONSUMED is G, not L", "Refusals", "code", "LOT_CONSUMED", **{"L/G": "L"})
        self.expect_of_cell("Findings: HIGH_LOSS is WARNING, not NOTICE", "Findings", "code", "HIGH_LOSS",
                            severity="NOTICE")
        self.expect_of_cell("Verdicts: ATTESTED is PASS, not FAIL", "Verdicts", "code", "ATTESTED", bearing="FAIL")

    def test_reports_a_severity_that_the_ledger_does_not_give(self):
        findings = self.findings.replace("FINDING_CODE_HIGH_LOSS", "FINDING_CODE_ASIDE")
        self.expect("ledger/findings.cc: HIGH_LOSS does not exist", findings=findings)
        self.expect("ledger/findings.cc: ASIDE is not documented", findings=findings)
        self.expect("ledger/findings.cc: HIGH_LOSS is CRITICAL, not WARNING", findings=self.changed(
            self.findings, "return v1::SEVERITY_WARNING;", "return v1::SEVERITY_CRITICAL;"))

    def test_reports_a_ruleset_that_does_not_fit(self):
        self.expect_of_cell("no ruleset 9", "Refusals", "code", "LOT_CONSUMED", since="9")
        self.expect_of_cell("HIGH_LOSS does not come with ruleset 2", "Findings", "code", "HIGH_LOSS", since="2")

    def test_reports_cells_that_say_nothing(self):
        for chapter, code in self.entries():
            for column in ("source", "to mend it"):
                self.expect_of_cell(f"{chapter}: `{code}` says nothing under `{column}`", chapter, "code", code,
                                    **{column: ""})

    def test_reports_choices_that_are_none(self):
        self.expect_of_cell("says perhaps under `rests on`", "Findings", "code", "HIGH_LOSS", **{"rests on": "perhaps"})
        self.expect_of_cell("says perhaps under `verified`", "Figures", "figure", "weighing_ppm", verified="perhaps")

    def test_reports_sources_that_are_not_listed_or_were_not_at_hand(self):
        self.expect_of_cell("unknown source hearsay", "Refusals", "code", "LOT_CONSUMED", source="own; hearsay, p. 3")
        self.expect_of_cell("was not at hand", "Figures", "figure", "weighing_ppm", verified="yes")
        self.expect_of_cell("Sources: rumour is the source of nothing", "Sources", "key", "OECD", key="rumour")

    def test_reports_names_of_nothing(self):
        self.expect("no code LOT_EATEN", text=self.text + "\nSee `LOT_EATEN`.\n")
        self.expect("no figure eating_ppm", text=self.text + "\nSee `eating_ppm`.\n")

    def test_reports_steps_that_differ(self):
        for column, value in (("takes", "raw"), ("makes", "metal"), ("adds mass", "no"), ("loss band", "5,001")):
            self.expect_of_cell(f"Steps, {column}: melt is ", "Steps", "step", "melt", **{column: value})
        self.expect("Steps, loss band: bench is 31000, not 30000", source=self.changed(
            self.source, "kBench = {kMetal | kLeftover, kMetal | kLeftover, true, 30'000}",
            "kBench = {kMetal | kLeftover, kMetal | kLeftover, true, 31'000}"))
        self.expect("Steps, takes: cast is ", source=self.changed(
            self.source, "kCast = {kMetal,", "kCast = {kMetal | FormBit(v1::FORM_SWEEPS),"))
        self.expect("Steps, makes: intake is ", source=self.changed(
            self.source, ".intake_forms = kRaw | kMetal | kLeftover", ".intake_forms = kRaw | kMetal"))

    def test_reports_figures_that_differ(self):
        for name, value in (("weighing_ppm", "201"), ("late_after_us", "31"), ("net_gain_found.least_ng", "0.2"),
                            ("good_delivery_most_ng", "431"), ("travel_km_per_h", "-"), ("mercury_ppm", "some")):
            self.expect_of_cell(f"Figures, ruleset 2: {name} is ", "Figures", "figure", name, **{"ruleset 2": value})
        self.expect_of_cell("Figures, ruleset 1: weighing_ppm is 200", "Figures", "figure", "weighing_ppm",
                            **{"ruleset 1": "-"})
        self.expect_of_cell("Figures, ruleset 2: late_after_us is", "Figures", "figure", "late_after_us", unit="hours")
        self.expect("Figures, ruleset 2: net_gain_held.ppm is 2000, not 1000", source=self.changed(
            self.source, ".net_gain_held = {1'000,", ".net_gain_held = {2'000,"))
        self.expect("Figures, ruleset 2: good_delivery_least_ng is", source=self.changed(
            self.source, "kNgPerOzt = 31'103'476'800", "kNgPerOzt = 31'100'000'000"))

    def test_reports_figures_that_are_new_or_gone(self):
        self.expect("Figures, ruleset 2: fresh_ppm is not documented", source=self.changed(
            self.source, ".mercury_ppm = 100,", ".mercury_ppm = 100, .fresh_ppm = 1,"))
        self.expect("ledger/ruleset.h: no ruleset sets fresh_ppm", header=self.changed(
            self.header, "uint32_t mercury_ppm = 0;", "uint32_t mercury_ppm = 0; \n uint32_t fresh_ppm = 0;"))
        self.expect_of_row("Figures, ruleset 2: mercury_ppm is not documented", "Figures", "figure", "mercury_ppm",
                           lambda rows, place: rows.pop(place))
        self.expect("Figures: no column `ruleset 3`", source=self.changed(
            self.source, "constexpr Ruleset kRuleset2",
            "constexpr Ruleset kNext = {.version = 3};\nconstexpr Ruleset kRuleset2"))

    def test_reports_caps_and_countries_that_differ(self):
        self.expect_of_cell("Figures, caps: XRF is 10000, not 9000", "Figures", "method", "XRF", cap="9,000")
        self.expect("Figures, caps: ICP is 501, not 500",
                    source=self.changed(self.source, "return 500;", "return 501;"))
        self.expect_of_cell("Figures, transit countries: TG is not documented", "Figures", "country", "TG",
                            country="`ZZ`")
        self.expect("Figures, transit countries: ZZ is not documented",
                    source=self.changed(self.source, 'country == "TG"', 'country == "ZZ"'))

    def test_reports_limits_that_differ(self):
        for name, value in (("kMaxGrossMg", "1,001"), ("kMaxOccurredAheadUs", "11"), ("kMaxHolds", "33"),
                            ("kMinOccurredAtUs", "2001-01-01T00:00:00Z")):
            self.expect_of_cell(f"Limits: {name} is ", "Figures", "limit", name, value=value)
        self.expect_of_row("Limits: kMaxPpm is not documented", "Figures", "limit", "kMaxPpm",
                           lambda rows, place: rows.pop(place))
        self.expect_of_cell("Limits: kMaxNothing does not exist", "Figures", "limit", "kMaxPpm", limit="`kMaxNothing`")

    def test_refuses_a_row_that_does_not_fit_its_head(self):
        with self.assertRaises(ValueError):
            tables_of("| a | b |\n|---|---|\n| 1 |\n")

    def test_reads_constants_as_written(self):
        code = "constexpr int64_t kA = int64_t{2} * 1'000; constexpr uint64_t kB = uint64_t{1} << 4;\n" \
               "constexpr T kC = {.x = kA / 8, .y = {1, 10LL},}; constexpr U kD = {FormBit(v1::FORM_ORE), true};"
        self.assertEqual({name: value for name, (_, value) in constants.constants_of(code).items()},
                         {"kA": 2000, "kB": 16, "kC": {"x": 250, "y": [1, 10]}, "kD": [{"FORM_ORE"}, True]})
        code = "int F(E e) { switch (e) { case v1::A: case v1::T::B: return 1; case v1::C: break; " \
               "case v1::E_DO_NOT_USE_: return 2; } }"
        self.assertEqual(constants.cases_of(code, "F"), {"A": "1", "B": "1"})


if __name__ == "__main__":
    unittest.main()
