"""What to make of a text that is being typed: how its names may go on, whether it is whole, how it is shown."""

from __future__ import annotations

import ast
import builtins
import codeop
import io
import itertools
import keyword
import re
import tokenize
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from proctor_bindings.imports import session as host

_NAME = re.compile(r"((?:\w+(?:\[\w+\])?\.)*)(\w*)$")
"""A name at the end of a text, behind the objects that it is looked up in: `machines[0].suc`."""

_NAME_CHARACTERS = 500
"""A name, with the objects that it is looked up in, is no longer."""

_LISTED_NAMES = 5000
"""As many names of an object are looked at: it may have any number."""

_COLOURED_CHARACTERS = 20_000
"""Longer texts are shown without colours: nobody types them."""

_INDENTATION = 4
_LEAVING = ("return", "pass", "break", "continue", "raise")
"""What ends a block."""

_BUILTINS = frozenset(dir(builtins))

_TEXTS = frozenset(
    number
    for number, name in tokenize.tok_name.items()
    if name == "STRING" or name.startswith(("FSTRING_", "TSTRING_"))
)
"""The kinds of tokens that are quoted text, or pieces of it."""


def completion(text: str, symbols: dict[str, Any]) -> tuple[int, list[str]]:
    """From which byte on the text may go on, and how."""
    found = _NAME.search(text[-_NAME_CHARACTERS:])
    if found is None:
        return len(text.encode()), []
    objects, begun = found.groups()
    if objects:
        # Names and numbers alone are looked up: nothing is called.
        names = _attributes(eval(objects[:-1], symbols))  # noqa: S307 -- as said
    else:
        names = [*symbols, *_BUILTINS, *keyword.kwlist, *keyword.softkwlist]
    wanted = sorted({name for name in names if name.startswith(begun) and (begun.startswith("_") or name[:1] != "_")})
    start = len(text[: len(text) - len(begun)].encode())
    return start, wanted


def _attributes(value: Any) -> Iterable[str]:
    """The names of an object; behind those of methods stands a parenthesis."""
    kind = type(value)
    for name in itertools.islice(kind.__dir__(value), _LISTED_NAMES):
        if not isinstance(name, str):
            continue
        # Properties are not called.
        found = getattr(kind, name, None)
        yield f"{name}(" if callable(found) and not isinstance(found, type) else name


def inspection(text: str) -> host.Inspection:
    """Whether the text is whole, and how it is shown."""
    whole = _is_whole(text)
    return host.Inspection(whole, 0 if whole else _indentation(text), _parts(text))


def _is_whole(text: str) -> bool:
    """Whether the text can be executed, or is wrong whatever follows."""
    stripped = text.rstrip(" \t")
    try:
        with warnings.catch_warnings():
            # They are shown when it is executed.
            warnings.simplefilter("ignore")
            if codeop.compile_command(stripped, "<prompt>", "exec") is None:
                return False
            tree = ast.parse(stripped)
    except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
        return True
    last = tree.body[-1] if tree.body else None
    compound = hasattr(last, "body") or isinstance(last, ast.Match)
    # A block of several lines ends with an empty one, or with one that is no part of it.
    return last is None or not compound or "\n" not in stripped or stripped.count("\n") + 1 > (last.end_lineno or 0)


def _indentation(text: str) -> int:
    """The spaces with which the next line is to begin."""
    if _ends_in_quotes(text):
        return 0
    last = text.rsplit("\n", 1)[-1]
    spaces = len(last) - len(last.lstrip(" "))
    code = last.split("#", 1)[0].strip()
    if code.endswith(":"):
        return spaces + _INDENTATION
    if code.split(" ", 1)[0] in _LEAVING:
        return max(spaces - _INDENTATION, 0)
    return spaces


def _ends_in_quotes(text: str) -> bool:
    """Whether the end of the text is in the midst of a quoted one."""
    try:
        for _token in tokenize.generate_tokens(io.StringIO(text).readline):
            pass
    except tokenize.TokenError as error:
        return "string" in str(error)
    except SyntaxError:
        pass
    return False


def _parts(text: str) -> list[host.Part]:
    if len(text) > _COLOURED_CHARACTERS:
        return []
    lines = text.split("\n")
    begins = [0]
    for line in lines:
        begins.append(begins[-1] + len(line.encode()) + 1)

    def offset(position: tuple[int, int]) -> int:
        line, column = position
        if line > len(lines):
            return begins[-1] - 1
        before = lines[line - 1]
        return begins[line - 1] + (column if before.isascii() else len(before[:column].encode()))

    parts = []
    for style, start, end in _styled(text):
        begin = offset(start)
        parts.append(host.Part(begin, offset(end) - begin, style))
    return parts


_Position = tuple[int, int]


def _styled(text: str) -> Iterator[tuple[host.Style, _Position, _Position]]:
    before = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            style = _style(token, before)
            if style is not None:
                yield style, token.start, token.end
            before = token.string
    except (tokenize.TokenError, SyntaxError):
        # It is being typed: what was found stands.
        return


def _style(token: tokenize.TokenInfo, before: str) -> host.Style | None:
    """How a token is shown that stands behind another."""
    if token.type in _TEXTS:
        return host.Style.TEXT
    if token.type == tokenize.NUMBER:
        return host.Style.NUMBER
    if token.type == tokenize.COMMENT:
        return host.Style.COMMENT
    if token.type != tokenize.NAME:
        return None
    if before in ("def", "class"):
        return host.Style.DEFINITION
    if keyword.iskeyword(token.string):
        return host.Style.KEYWORD
    return host.Style.BUILTIN if token.string in _BUILTINS and before != "." else None
