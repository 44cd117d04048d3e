"""The tables of a Markdown document, row by row."""

import dataclasses
import re

TICKED = re.compile(r"`([^`]+)`")


@dataclasses.dataclass
class Table:
    """A table, and the `##` heading that it stands under."""

    chapter: str
    rows: list  # of dicts by column


def cells_of(line):
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def tables_of(text):
    """The tables of a Markdown text. A row that does not fit its head is an error."""
    tables, chapter, header = [], "", None
    lines = text.split("\n")
    for line, following in zip(lines, [*lines[1:], ""]):
        if line.startswith("## "):
            chapter = line[3:].strip()
        if not line.startswith("|"):
            header = None
        elif header is None and following.startswith("|---"):
            header = cells_of(line)
            tables.append(Table(chapter, []))
        elif not line.startswith("|---"):
            cells = cells_of(line)
            if header is None or len(cells) != len(header):
                raise ValueError(f"a row that does not fit its head: {line}")
            tables[-1].rows.append(dict(zip(header, cells)))
    return tables


def rows_of(tables, chapter, column):
    """The rows of the chapter's tables that have the column."""
    return [row for table in tables if table.chapter == chapter for row in table.rows if column in row]


def named(cell):
    """What a cell names in ticks; the cell itself when it is anything else."""
    match = TICKED.fullmatch(cell)
    return match.group(1) if match else cell
