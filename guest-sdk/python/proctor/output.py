"""What a command printed, and how one ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_Bytes = bytes


class Output(str):
    """What a command printed to its standard output: a text, and the exact bytes.

    It is a `str`, in which U+FFFD stands for what is not valid UTF-8. `bytes` has everything as it was, and comparisons
    are exact: with a text, an output that is not valid UTF-8 is never equal.
    """

    bytes: _Bytes
    """Exactly what was printed."""

    def __new__(cls, data: _Bytes) -> Output:
        output = super().__new__(cls, data, "utf-8", "replace")
        output.bytes = bytes(data)
        return output

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Output):
            return self.bytes == other.bytes
        if isinstance(other, bytes | bytearray | memoryview):
            return self.bytes == other
        if isinstance(other, str):
            return str.__eq__(self, other) and self._is_text()
        return NotImplemented

    def __ne__(self, other: object) -> bool:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = str.__hash__

    def __repr__(self) -> str:
        return str.__repr__(self) if self._is_text() else repr(self.bytes)

    def __reduce__(self) -> Any:
        return (Output, (self.bytes,))

    def _is_text(self) -> bool:
        return str.encode(self, "utf-8") == self.bytes


@dataclass(frozen=True)
class CommandResult:
    """How a command ended."""

    command: str
    """The command as it was given."""
    status: int
    """Its exit status; 128 + N after signal N, 124 after a passed timeout."""
    output: Output
    """What it printed to standard output."""

    @property
    def success(self) -> bool:
        """Whether the exit status is 0."""
        return self.status == 0
