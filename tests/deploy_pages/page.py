"""What a page of docs/ tells its reader to type: the commands of its code blocks and of its sentences."""

import re
import textwrap

from tests.server import ROOT

LINES = re.compile(r"(?:^ {4,}\S.*\n|^\s*\n(?= {4,}\S))+", re.M)
SPAN = re.compile(r"`([^`]+)`")


class Page:
    """A page, and which of its blocks have been followed."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.text = (ROOT / path).read_text() + "\n"
        self.followed: set[str] = set()

    def section(self, heading: str) -> str:
        """The text below a heading, its subsections included."""
        found = re.search(
            rf"^(?P<level>##+) {re.escape(heading)}\n(?P<text>.*?)(?=^(?!(?P=level)#)##+ |\Z)", self.text, re.M | re.S
        )
        assert found, f"{self.path} has no {heading}"
        level = len(found["level"])
        kept = re.split(rf"^#{{2,{level}}} ", self.text[found.start("text") :], maxsplit=1, flags=re.M)
        return kept[0]

    def block(self, heading: str, part: str = "") -> str:
        """The first block of a section that has these words in it."""
        for one in blocks(self.section(heading)):
            if part in one:
                self.followed.add(one)
                return one
        raise AssertionError(f"{self.path}, {heading}: no block has {part!r}")

    def commands(self, heading: str, part: str = "") -> list[str]:
        """The commands of that block."""
        return commands(self.block(heading, part))

    def spans(self, heading: str, *starts: str) -> list[str]:
        """What stands in a section's sentences as code and starts with one of these words."""
        found = [" ".join(span.split()) for span in SPAN.findall(LINES.sub("", self.section(heading)))]
        return [span for span in found if span.startswith(starts)]

    def left(self) -> list[str]:
        """The blocks that nobody has followed."""
        return [one for one in blocks(self.text) if one not in self.followed]


def blocks(text: str) -> list[str]:
    """The indented blocks of a text, without their indentation."""
    return [textwrap.dedent(found).strip("\n") for found in LINES.findall(text)]


def commands(block: str) -> list[str]:
    """Its commands: a line each, or as many as a backslash or a here-document needs."""
    found: list[str] = []
    ends = ""
    for line in block.splitlines():
        if found and (ends or found[-1].endswith("\\")):
            found[-1] += f"\n{line}"
            ends = "" if line == ends else ends
        elif line.strip():
            found.append(line)
            here = re.search(r"<<(\w+)", line)
            ends = here[1] if here else ""
    return found
