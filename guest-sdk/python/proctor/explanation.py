"""What a failed `assert` says: the expression with its values, where they came from, and in what two values differ."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Mapping, Sequence, Set
from itertools import islice
from typing import Any

_SHOWN_CHARACTERS = 240
"""Longer values are cut in the middle."""

_SHOWN_LINES = 40
"""As many lines of a difference are shown: as much as one looks at in a terminal."""

_MARKED_CHARACTERS = 4_000
"""In longer texts it is not marked what differs within lines: that takes a time that grows with the third power."""

_COMPARED_CHARACTERS = 100_000
"""Longer texts are not compared line by line, which takes a time that grows with the square."""


class _Unset:
    def __repr__(self) -> str:
        return "..."


UNSET = _Unset()
"""What stands for a part that was not evaluated."""

_Tree = tuple[Any, ...]
_Origin = tuple[str, list["_Origin"]]
"""Where a value came from, and where the values came from that this names."""
_Explained = tuple[str, list[_Origin]]
"""A text, and where the values came from that it names."""


def assertion_error(message: object, tree: _Tree) -> AssertionError:
    """The exception that a failed `assert` raises. Rewritten statements call it."""
    try:
        text, origins = _explain(tree)
        lines = [f"assert {_without_parentheses(text, tree)}", *_difference(tree), *_told(origins)]
        explained = "\n".join(lines)
    except Exception as error:  # noqa: BLE001 -- the failed assertion is to be told, whatever becomes of its explanation
        explained = f"assert ... (its values cannot be shown: {type(error).__name__})"
    return AssertionError(explained if message is None else f"{message}\n{explained}")


def shown(value: object) -> str:
    """A value in one line, cut in the middle where it is long; never an exception."""
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 -- it may be anything
        text = f"<{type(value).__name__} object; its repr() raised {type(error).__name__}>"
    if len(text) > _SHOWN_CHARACTERS:
        half = (_SHOWN_CHARACTERS - 3) // 2
        text = f"{text[:half]}...{text[-half:]}"
    return text


def _explain(tree: _Tree) -> _Explained:
    match tree:
        case ("text", text):
            return text, []
        case ("name", name, value):
            named = inspect.isroutine(value) or inspect.isclass(value) or inspect.ismodule(value)
            return (name if named else shown(value)), []
        case ("value", value):
            return shown(value), []
        case ("source", value, text):
            return (shown(value) if isinstance(value, str) else text), []
        case ("operand", _, inner):
            return _explain(inner)
        case ("unary", operator, operand):
            text, origins = _explain(operand)
            return f"{operator}{text}", origins
        case ("binary", left, operator, right):
            (first, origins), (second, more) = _explain(left), _explain(right)
            return f"({first} {operator} {second})", origins + more
        case ("logic", operator, operands):
            parts = [_explain(operand) for operand in operands if operand[1] is not UNSET]
            origins = [origin for part in parts for origin in part[1]]
            return f"({f' {operator} '.join(part[0] for part in parts)})", origins
        case ("compare", _, _):
            left, operator, right = _pair(tree)
            (first, origins), (second, more) = _explain(left), _explain(right)
            return f"{_grouped(first, left)} {operator} {_grouped(second, right)}", origins + more
        case ("attribute", value, owner, name):
            text, origins = _explain(owner)
            return shown(value), [(f"{shown(value)} = {text}.{name}", origins)]
        case ("call", value, function, arguments):
            text, origins = _function(function)
            given = []
            for _, prefix, argument in arguments:
                part, more = _explain(argument)
                alone = len(arguments) == 1 and argument[0] == "source" and part.startswith("(") and not prefix
                given.append(part[1:-1] if alone else f"{prefix}{part}")
                origins = origins + more
            return shown(value), [(f"{shown(value)} = {text}({', '.join(given)})", origins)]
    return "...", []


def _function(tree: _Tree) -> _Explained:
    """What is called: of a method the owner's value with the method's name, without where that came from."""
    if tree[0] == "attribute":
        text, origins = _explain(tree[2])
        return f"{text}.{tree[3]}", origins
    return _explain(tree)


def _pair(tree: _Tree) -> tuple[_Tree, str, _Tree]:
    """The two parts of a comparison, or of a chain of them the last two that were evaluated."""
    _, operators, operands = tree
    evaluated = [operand for operand in operands if operand[1] is not UNSET]
    last = len(evaluated) - 1
    return evaluated[last - 1], operators[last - 1], evaluated[last]


def _grouped(text: str, operand: _Tree) -> str:
    return f"({text})" if operand[2][0] in ("compare", "unary") and " " in text else text


def _without_parentheses(text: str, tree: _Tree) -> str:
    return text[1:-1] if tree[0] in ("logic", "binary") else text


def _told(origins: list[_Origin], depth: int = 0) -> list[str]:
    """Where values came from, in lines, each below what came from it."""
    lines = []
    for index, (text, further) in enumerate(origins):
        lines.append(f" +{'  ' * depth}  {'and  ' if index else 'where'} {text}")
        lines.extend(_told(further, depth + 1))
    return lines


def _difference(tree: _Tree) -> list[str]:
    """In what the two sides of a comparison differ, in some lines; none where the values tell it."""
    if tree[0] != "compare":
        return []
    left, operator, right = _pair(tree)
    one, other = left[1], right[1]
    lines: list[str] = []
    if operator == "==":
        if isinstance(one, str) and isinstance(other, str):
            lines = _text_difference(one, other)
        elif isinstance(one, Set) and isinstance(other, Set):
            lines = _set_difference(one, other)
        elif isinstance(one, Mapping) and isinstance(other, Mapping):
            lines = _mapping_difference(one, other)
        elif _is_sequence(one) and _is_sequence(other):
            lines = _sequence_difference(one, other)
    elif operator == "not in" and isinstance(one, str) and isinstance(other, str):
        lines = _contained(one, other)
    elif operator == "in" and isinstance(other, str) and ("\n" in other or len(repr(other)) > _SHOWN_CHARACTERS):
        lines = [f"the text is{_cut(other)}:", *other.splitlines()[-_SHOWN_LINES:]]
    if len(lines) > _SHOWN_LINES + 1:
        lines = [*lines[:_SHOWN_LINES], f"... {len(lines) - _SHOWN_LINES} more lines"]
    return [f"  {line}".rstrip() for line in lines]


def _cut(text: str) -> str:
    return f", in its last {_SHOWN_LINES} lines" if text.count("\n") > _SHOWN_LINES else ""


def _is_sequence(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _text_difference(one: str, other: str) -> list[str]:
    if not one or not other:
        return []
    if len(one) + len(other) > _COMPARED_CHARACTERS:
        index = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
        return [
            f"at index {index} of {len(one)} and {len(other)} characters:",
            f"- {shown(other[max(index - 20, 0) : index + 60])}",
            f"+ {shown(one[max(index - 20, 0) : index + 60])}",
        ]
    before, after = other.splitlines(keepends=True), one.splitlines(keepends=True)
    if [line.strip() for line in before] == [line.strip() for line in after]:
        # What differs would not be seen.
        before, after = [repr(line) for line in before], [repr(line) for line in after]
    if len(one) + len(other) <= _MARKED_CHARACTERS:
        return [line.rstrip("\n") for line in difflib.ndiff(before, after)]
    return [line.rstrip("\n") for line in islice(difflib.unified_diff(before, after), 2, None)]


def _sequence_difference(one: Sequence[Any], other: Sequence[Any]) -> list[str]:
    lines = []
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            lines.append(f"At index {index} diff: {shown(left)} != {shown(right)}")
            break
    longer, name = (one, "Left") if len(one) > len(other) else (other, "Right")
    more = abs(len(one) - len(other))
    if more:
        first = shown(longer[min(len(one), len(other))])
        lines.append(
            f"{name} contains one more item: {first}"
            if more == 1
            else f"{name} contains {more} more items, first extra item: {first}"
        )
    return lines


def _set_difference(one: Set[Any], other: Set[Any]) -> list[str]:
    lines = []
    for name, here, there in (("left", one, other), ("right", other, one)):
        extra = [item for item in here if item not in there]
        if extra:
            lines.append(f"Extra items in the {name} set:")
            lines.extend(sorted(shown(item) for item in extra))
    return lines


def _mapping_difference(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> list[str]:
    lines = []
    differing = [key for key in one if key in other and one[key] != other[key]]
    if differing:
        lines.append("Differing items:")
        lines.extend(f"{{{shown(key)}: {shown(one[key])}}} != {{{shown(key)}: {shown(other[key])}}}" for key in differing)
    for name, here, there in (("Left", one, other), ("Right", other, one)):
        extra = {key: here[key] for key in here if key not in there}
        if extra:
            lines.append(f"{name} contains {len(extra)} more item{'' if len(extra) == 1 else 's'}:")
            lines.append(shown(extra))
    return lines


def _contained(part: str, whole: str) -> list[str]:
    index = whole.find(part)
    start, end = max(index - 40, 0), index + len(part) + 40
    return [f"{shown(part)} is contained here:", shown(whole[start:end])]
