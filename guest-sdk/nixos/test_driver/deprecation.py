"""What scripts should not use any more: it works, and is said once."""

from __future__ import annotations

from proctor import log

_said: set[str] = set()


def deprecated(text: str) -> None:
    """Writes a warning, the first time."""
    if text not in _said:
        _said.add(text)
        log.warning(f"deprecated: {text}")
