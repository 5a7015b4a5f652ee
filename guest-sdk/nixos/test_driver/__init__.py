"""The NixOS test driver, for scripts that run unchanged: what they import by the names that it has there."""

from __future__ import annotations

from .driver import Driver

__all__ = ["Driver"]
