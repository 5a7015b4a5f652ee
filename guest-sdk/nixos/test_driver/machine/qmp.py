"""The monitor for programs, by the name that scripts import."""

from __future__ import annotations

from ..qmp import QMPAPIError
from .monitor import QMPSession

__all__ = ["QMPAPIError", "QMPSession"]
