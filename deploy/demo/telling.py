"""How the story is told: chapters, short paragraphs, shortened ids, and days counted back from today."""

import datetime
import os
import re
import textwrap

WIDTH = 100
_ID = re.compile(r"\b(party|site|licence|attestation|lot|offer|piece|claim)_([a-z2-7]{26})\b")
_HASH = re.compile(r"\b([0-9a-f]{10})[0-9a-f]{54}\b")


def short(text):
    """The text with its ids and hashes cut to what an eye can compare."""
    return _HASH.sub(r"\1…", _ID.sub(lambda match: f"{match[1]}_{match[2][:6]}…", text))


def typed(path):
    """The path as one would type it here."""
    here = os.path.relpath(path)
    return str(path) if here.startswith("..") else here


class Teller:
    """Writes to one stream as the story goes on."""

    def __init__(self, stream):
        self._stream = stream
        self._stream.reconfigure(errors="replace")  # a terminal that cannot draw still gets the words
        self._chapters = 0

    def title(self, text):
        self._line(text)
        self._line("=" * len(text))

    def chapter(self, text):
        self._chapters += 1
        self._line("")
        self._line(f"{self._chapters}. {text}")

    def say(self, text):
        """A paragraph."""
        for line in textwrap.wrap(short(" ".join(text.split())), WIDTH - 3, break_on_hyphens=False):
            self._line("   " + line)

    def fact(self, text):
        """What the ledger answered."""
        indent = " " * 7
        for line in textwrap.wrap(short(text), WIDTH, initial_indent="     > ", subsequent_indent=indent,
                                  break_on_hyphens=False):
            self._line(line)

    def show(self, text):
        """Lines as the command printed them."""
        for line in text.rstrip("\n").split("\n"):
            self._line("   " + short(line))

    def command(self, text):
        """A line to type, whole."""
        self._line("     $ " + text)

    def _line(self, text):
        print(text, file=self._stream, flush=True)


class Calendar:
    """Every time of the story, counted from the last midnight (UTC) so that all of it lies in the recent past."""

    def __init__(self, now):
        self._today = now.replace(hour=0, minute=0, second=0, microsecond=0)

    def at(self, days, clock="00:00"):
        """The time of day `clock`, so many days from today (negative: ago), in RFC 3339."""
        hour, minute = map(int, clock.split(":"))
        moment = self._today + datetime.timedelta(days=days, hours=hour, minutes=minute)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
