"""Where in the author's source text something happened."""

from __future__ import annotations

import itertools
import linecache
import sys
import traceback
from types import CodeType, FrameType, TracebackType

AUTHORS_FILES: set[str] = set()
"""The files of the project, by the names that their code objects have: paths relative to the project."""

_SHOWN_FRAMES = 20
"""As many places of a traceback are shown, half of them from each end: an endless recursion has a thousand."""

_SHOWN_CHARACTERS = 4000
"""Longer texts of the exceptions that led to another are cut: they stand before what is shown of that one."""

Place = tuple[str, int, int]
"""File, line and column, both from 1; the column is 0 where it is not known."""


def is_authors(code: CodeType) -> bool:
    """Whether a code object is of the project."""
    return code.co_filename in AUTHORS_FILES


def here() -> Place | None:
    """The innermost place of the author's that is being executed."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if is_authors(frame.f_code):
            return _place(frame.f_code, frame.f_lineno, frame.f_lasti)
        frame = frame.f_back
    return None


def of_traceback(tb: TracebackType | None) -> Place | None:
    """The innermost place of the author's through which an exception came."""
    frames = _authors_frames(tb)
    return _place(frames[-1].tb_frame.f_code, frames[-1].tb_lineno, frames[-1].tb_lasti) if frames else None


def of_syntax_error(error: SyntaxError) -> Place | None:
    """Where a text could not be read, as long as it is one of the author's."""
    if error.filename not in AUTHORS_FILES or error.lineno is None:
        return None
    return error.filename, max(error.lineno, 1), max(error.offset or 0, 0)


def count(tb: TracebackType | None) -> int:
    """How many places of the author's an exception came through."""
    return len(_authors_frames(tb))


def formatted(error: BaseException) -> str:
    """The traceback of an exception as Python shows it, of the author's files alone; empty where it has none."""
    parts = []
    for one, relation in _chain(error):
        frames = _authors_frames(one.__traceback__)
        summaries = traceback.StackSummary.from_list(
            [_summary(tb.tb_frame.f_code, tb.tb_lineno, tb.tb_lasti) for tb in frames]
        )
        lines = [line.rstrip("\n") for line in summaries.format()]
        if len(lines) > _SHOWN_FRAMES:
            half = _SHOWN_FRAMES // 2
            lines[half:-half] = [f"  ... {len(lines) - 2 * half} more ..."]
        if lines:
            parts.append("\n".join(["Traceback (most recent call last):", *lines]))
        if relation:
            parts.append(f"{_one_line(one)}\n\n{relation}\n")
    return "\n".join(parts)


def _chain(error: BaseException) -> list[tuple[BaseException, str]]:
    """The exceptions that led to one, oldest first, each with what it is to the next."""
    chain: list[tuple[BaseException, str]] = [(error, "")]
    seen = {id(error)}
    one = error
    while True:
        if one.__cause__ is not None:
            before, relation = one.__cause__, "The above exception was the direct cause of the following exception:"
        elif one.__context__ is not None and not one.__suppress_context__:
            before, relation = one.__context__, "During handling of the above exception, another exception occurred:"
        else:
            break
        if id(before) in seen:
            break
        seen.add(id(before))
        chain.append((before, relation))
        one = before
    return chain[::-1]


def _one_line(error: BaseException) -> str:
    text = "".join(traceback.format_exception_only(error)).rstrip("\n")
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def _authors_frames(tb: TracebackType | None) -> list[TracebackType]:
    frames = []
    while tb is not None:
        if is_authors(tb.tb_frame.f_code):
            frames.append(tb)
        tb = tb.tb_next
    return frames


def _place(code: CodeType, line: int, instruction: int) -> Place:
    column = _expression(code, instruction)[1]
    if column is not None:
        # The position counts bytes; people count characters.
        text = linecache.getline(code.co_filename, line).encode()
        column = len(text[:column].decode(errors="replace"))
    return code.co_filename, line, 0 if column is None else column + 1


def _summary(code: CodeType, line: int, instruction: int) -> traceback.FrameSummary:
    end_line, column, end_column = _expression(code, instruction)
    return traceback.FrameSummary(
        code.co_filename, line, code.co_name, end_lineno=end_line, colno=column, end_colno=end_column
    )


def _expression(code: CodeType, instruction: int) -> tuple[int | None, int | None, int | None]:
    """Where the expression of an instruction begins and ends: the last line, the first column, the last column."""
    positions = next(itertools.islice(code.co_positions(), max(instruction // 2, 0), None), None)
    return (None, None, None) if positions is None else positions[1:]
