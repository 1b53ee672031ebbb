"""Texts: joining, cutting, comparing and regular expressions (those of Python's `re`)."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from engine import InputValueError, Number, Text, Widget, node

Multiline = Annotated[str, Text(multiline=True)]
MOST_CHARACTERS = 2**26
"""Of a text that is made of others: a chain of nodes that double a text is soon beyond all memory."""


@node("StringConcatenate", category="utils/string", display_name="Concatenate")
def concatenate(*, string_a: Multiline, string_b: Multiline, delimiter: str = "") -> str:
    """Put two texts one after the other.

    Args:
        string_a: The first text.
        string_b: The second text.
        delimiter: What stands between them.
    """
    size = len(string_a) + len(delimiter) + len(string_b)
    if size > MOST_CHARACTERS:
        raise InputValueError(f"string_b: together, {size} characters are more than the {MOST_CHARACTERS} allowed.")
    return string_a + delimiter + string_b


@node("StringSubstring", category="utils/string", display_name="Substring")
def substring(*, string: Multiline, start: int, end: int) -> str:
    """Cut a piece out of a text.

    Args:
        string: The text.
        start: The first character, counted from 0; negative counts from the end.
        end: The first character after the piece; negative counts from the end.
    """
    return string[start:end]


@node("StringLength", category="utils/string", display_name="Length", output_names=("length",))
def length(*, string: Multiline) -> int:
    """Count the characters of a text.

    Args:
        string: The text.
    """
    return len(string)


@node("CaseConverter", category="utils/string", display_name="Case Converter")
def convert_case(*, string: Multiline, mode: Literal["UPPERCASE", "lowercase", "Capitalize", "Title Case"]) -> str:
    """Write a text in other letters.

    Args:
        string: The text.
        mode: All capitals, all small, a capital at the beginning, or at the beginning of each word.
    """
    convert = {"UPPERCASE": str.upper, "lowercase": str.lower, "Capitalize": str.capitalize, "Title Case": str.title}
    return convert[mode](string)


@node("StringTrim", category="utils/string", display_name="Trim")
def trim(*, string: Multiline, mode: Literal["Both", "Left", "Right"]) -> str:
    """Remove blanks and line ends around a text.

    Args:
        string: The text.
        mode: On which side.
    """
    return {"Both": str.strip, "Left": str.lstrip, "Right": str.rstrip}[mode](string)


@node("StringReplace", category="utils/string", display_name="Replace")
def replace(*, string: Multiline, find: Multiline, replace: Multiline) -> str:
    """Replace every occurrence of a piece of text.

    Args:
        string: The text.
        find: What to look for, letter by letter.
        replace: What to put there.
    """
    return string.replace(find, replace)


@node("StringContains", category="utils/string", display_name="Contains", output_names=("contains",))
def contains(*, string: Multiline, substring: Multiline, case_sensitive: bool = True) -> bool:
    """Say whether a text contains another one.

    Args:
        string: The text.
        substring: What to look for.
        case_sensitive: Whether capitals and small letters differ.
    """
    return _fold(substring, case_sensitive) in _fold(string, case_sensitive)


@node("StringCompare", category="utils/string", display_name="Compare")
def compare(
    *,
    string_a: Multiline,
    string_b: Multiline,
    mode: Literal["Starts With", "Ends With", "Equal"],
    case_sensitive: bool = True,
) -> bool:
    """Compare two texts.

    Args:
        string_a: The text that is looked at.
        string_b: What it is compared to.
        mode: Whether it begins with it, ends with it, or is the same.
        case_sensitive: Whether capitals and small letters differ.
    """
    compare = {"Starts With": str.startswith, "Ends With": str.endswith, "Equal": str.__eq__}[mode]
    return compare(_fold(string_a, case_sensitive), _fold(string_b, case_sensitive))


@node("RegexMatch", category="utils/string", display_name="Regex Match", output_names=("matches",))
def match_regex(
    *,
    string: Multiline,
    regex_pattern: Multiline,
    case_insensitive: bool = True,
    multiline: bool = False,
    dotall: bool = False,
) -> bool:
    """Say whether a regular expression is found in a text.

    Args:
        string: The text.
        regex_pattern: The regular expression.
        case_insensitive: Whether capitals and small letters are the same.
        multiline: Whether ^ and $ also stand for the ends of each line.
        dotall: Whether . also stands for a line end.
    """
    return _compile(regex_pattern, case_insensitive, multiline, dotall).search(string) is not None


@node("RegexExtract", category="utils/string", display_name="Regex Extract")
def extract_regex(
    *,
    string: Multiline,
    regex_pattern: Multiline,
    mode: Literal["First Match", "All Matches", "First Group", "All Groups"],
    case_insensitive: bool = True,
    multiline: bool = False,
    dotall: bool = False,
    group_index: Annotated[int, Number(min=0, max=100)] = 1,
) -> str:
    """Take out of a text what a regular expression finds; several finds are given one a line.

    Args:
        string: The text.
        regex_pattern: The regular expression.
        mode: The first find or all, each as a whole or only one group of it.
        case_insensitive: Whether capitals and small letters are the same.
        multiline: Whether ^ and $ also stand for the ends of each line.
        dotall: Whether . also stands for a line end.
        group_index: Which group, counted from 1; 0 is the whole find.
    """
    pattern = _compile(regex_pattern, case_insensitive, multiline, dotall)
    group = group_index if mode.endswith(("Group", "Groups")) else 0
    if group > pattern.groups:
        raise InputValueError(f"group_index is {group}, but regex_pattern has {pattern.groups} groups.")
    found = [match[group] or "" for match in pattern.finditer(string)]
    return "\n".join(found if mode.startswith("All") else found[:1])


@node("RegexReplace", category="utils/string", display_name="Regex Replace")
def replace_regex(
    *,
    string: Multiline,
    regex_pattern: Multiline,
    replace: Multiline,
    case_insensitive: Annotated[bool, Widget.of(optional=True)] = True,
    multiline: Annotated[bool, Widget.of(optional=True)] = False,
    dotall: Annotated[bool, Widget.of(optional=True)] = False,
    count: Annotated[int, Number(min=0, max=100), Widget.of(optional=True)] = 0,
) -> str:
    r"""Replace what a regular expression finds in a text.

    Args:
        string: The text.
        regex_pattern: The regular expression.
        replace: What to put there; \1 stands for the first group.
        case_insensitive: Whether capitals and small letters are the same.
        multiline: Whether ^ and $ also stand for the ends of each line.
        dotall: Whether . also stands for a line end.
        count: How many finds are replaced; 0 is all.
    """
    pattern = _compile(regex_pattern, case_insensitive, multiline, dotall)
    try:
        return pattern.sub(replace, string, count=count)
    except (re.error, IndexError) as error:
        raise InputValueError(f"replace is no replacement for this regex_pattern: {error}.") from error


def _fold(text: str, case_sensitive: bool) -> str:
    return text if case_sensitive else text.lower()


def _compile(pattern: str, case_insensitive: bool, multiline: bool, dotall: bool) -> re.Pattern[str]:
    wanted = {re.IGNORECASE: case_insensitive, re.MULTILINE: multiline, re.DOTALL: dotall}
    try:
        return re.compile(pattern, sum(flag for flag, is_wanted in wanted.items() if is_wanted))
    except (re.error, OverflowError, RecursionError) as error:
        raise InputValueError(f"regex_pattern is not a regular expression: {error}.") from error
