"""Breakpoints, which there are none of in a sandbox."""

from __future__ import annotations

from proctor import log


class DebugAbstract:
    """What scripts know as `debug`."""

    def breakpoint(self) -> None:
        """Goes on, and says so."""
        log.warning("debug.breakpoint() does nothing here; `proctor run -I` gives a prompt in which the script can be run")


DebugNop = Debug = DebugAbstract
