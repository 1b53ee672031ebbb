"""Reads a Google-style docstring: the description and the entries of `Args:`, `Attributes:` and `Returns:`.

Only as much of the style as node authors use; formatting inside an entry is flattened to one line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from inspect import cleandoc

_SECTION = re.compile(r"^(Args|Arguments|Attributes|Returns|Raises|Yields|Example|Examples|Note|Notes|References):\s*$")
_ENTRY = re.compile(r"^(?P<name>\*{0,2}\w+)(\s*\([^)]*\))?:\s*(?P<text>.*)$")


@dataclass(frozen=True, slots=True)
class Docstring:
    """What a docstring says.

    Attributes:
        description: The first paragraph, on one line.
        arguments: Help by parameter (`Args:`) or field (`Attributes:`), each on one line.
        returns: The text of `Returns:`, on one line.
        returned: The same by name, where it is written as `name: text` entries.
    """

    description: str = ""
    arguments: dict[str, str] = field(default_factory=dict[str, str])
    returns: str = ""
    returned: dict[str, str] = field(default_factory=dict[str, str])


def parse_docstring(text: str | None) -> Docstring:
    """Split a docstring into its parts; an empty one gives empty parts."""
    sections = _split_sections(cleandoc(text or "").splitlines())
    arguments: dict[str, str] = {}
    for title in ("Args", "Arguments", "Attributes"):
        arguments.update(_entries(sections.get(title, ())))
    returns = sections.get("Returns", ())
    return Docstring(
        description=_one_line(_first_paragraph(sections[""])),
        arguments=arguments,
        returns=_one_line(returns),
        returned=_entries(returns),
    )


def _split_sections(lines: Sequence[str]) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {"": []}
    current = sections[""]
    for line in lines:
        if match := _SECTION.match(line):
            current = sections.setdefault(match[1], [])
        elif line and not line[0].isspace() and current is not sections[""]:
            current = []  # text after a section belongs to none
        else:
            current.append(line)
    return sections


def _first_paragraph(lines: Sequence[str]) -> list[str]:
    paragraph: list[str] = []
    for line in lines:
        if not line.strip() and paragraph:
            break
        paragraph.append(line)
    return paragraph


def _entries(lines: Sequence[str]) -> dict[str, str]:
    """`name: text` entries; lines indented deeper than the first one continue the entry above."""
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    entries: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        match = _ENTRY.match(line[indent:])
        if match:
            current = entries.setdefault(match["name"].lstrip("*"), [match["text"]])
        else:
            current.append(line)
    return {name: _one_line(parts) for name, parts in entries.items()}


def _one_line(lines: Sequence[str]) -> str:
    return " ".join(" ".join(lines).split())
