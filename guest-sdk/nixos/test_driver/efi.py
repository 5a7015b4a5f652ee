"""EFI variables, by the name that scripts import."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class EfiVariable:
    """A variable of a machine's firmware."""

    name: str
    guid: str
    data: bytes
    attributes: int = 7
