"""Text in pictures, which the host alone reads."""

from __future__ import annotations

from typing import NoReturn

from ..errors import MachineError


def perform_ocr_on_screenshot(*_arguments: object) -> NoReturn:
    """There is no way to do this here."""
    raise MachineError("a script cannot read text from files; machine.get_screen_text() reads what the machine shows")


perform_ocr_variants_on_screenshot = perform_ocr_on_screenshot
