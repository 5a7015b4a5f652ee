"""What the monitor for programs refuses."""

from __future__ import annotations

from .errors import MachineError


class QMPAPIError(MachineError):
    """An error that the monitor answered."""

    def __init__(self, class_name: str, description: str, transaction_id: str | None = None) -> None:
        super().__init__(f"{class_name}: {description}")
        self.class_name = class_name
        self.description = description
        self.transaction_id = transaction_id

    @property
    def message(self) -> str:
        """What went wrong."""
        return f"<QMP API error class={self.class_name}, description={self.description}>"
