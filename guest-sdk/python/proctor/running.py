"""Whether a test runs: while the component is built there is no host to ask."""

from __future__ import annotations

from .errors import Error

_runs = False


def begin() -> None:
    """From now on a test runs."""
    global _runs
    _runs = True


def require(what: str) -> None:
    """Raises an error unless a test runs."""
    if not _runs:
        raise Error(f"{what} works in a test only, and this runs while the tests are loaded: move it into a function")
