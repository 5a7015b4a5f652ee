"""Regular expressions of Python on texts of machines.

The host looks for patterns itself, at once and in linear time; its expressions are those of Rust's crate `regex`. What means
something else there, or nothing, is looked for here.
"""

from __future__ import annotations

import re

_ONLY_PYTHONS = re.compile(
    r"""
      \(\?(?:[=!>]|<[=!]|P=|\()     # looks around, atomic groups, references, conditions
    | \\[1-9<>Z]                     # references; what means something else in Rust
    | [*+?}]\+                       # possessive repetitions
    | \[[^\]]*(?:\[|&&|--|~~|\|\|)   # operators in Rust's classes
    """,
    re.VERBOSE,
)

_BLANK = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]| ")
"""A blank, or what holds one that is no pattern of its own: an escape, a class."""

_FLAGS = {re.IGNORECASE: "i", re.DOTALL: "s", re.VERBOSE: "x"}

Regex = str | re.Pattern[str]


def for_host(regex: Regex, *, blanks_at_ends: bool = True) -> str | None:
    """The pattern for the host; None where it has to be looked for here. Raises `re.error` where it is none. Where the host
    leaves out `blanks_at_ends` of lines, a blank in the pattern stands for a line's end, too.
    """
    compiled = re.compile(regex)
    known = re.UNICODE | re.MULTILINE
    for flag in _FLAGS:
        known |= flag
    if compiled.flags & ~known or _ONLY_PYTHONS.search(compiled.pattern):
        return None
    # Lines are what is looked at there, in any case.
    flags = "".join(letter for flag, letter in _FLAGS.items() if compiled.flags & flag)
    # Flags in the pattern itself stay there.
    flags = "" if compiled.pattern.startswith("(?") and isinstance(regex, str) else flags
    wanted = compiled.pattern
    if not blanks_at_ends:
        if compiled.flags & re.VERBOSE:
            return None
        wanted = _BLANK.sub(lambda found: found[0] if found[0] != " " else "(?: |$)", wanted)
    return f"(?{flags}){wanted}" if flags else wanted


def text_of(regex: Regex) -> str:
    """The pattern as a text, for messages."""
    return regex if isinstance(regex, str) else regex.pattern


def search(regex: Regex, text: str) -> re.Match[str] | None:
    """Looks here, in a text of lines."""
    compiled = re.compile(regex)
    return re.search(compiled.pattern, text, (compiled.flags | re.MULTILINE) & ~re.UNICODE)
