"""What a machine shows on its screen."""

from __future__ import annotations

import os

from proctor_bindings.imports import screen as host

from ..duration import DEFAULT_SECONDS, Duration
from . import pattern
from .console import Console
from .files import Files


class Screen(Console, Files):
    """What a machine shows on its screen, as a picture and as text."""

    def screenshot(self, filename: str) -> None:
        """Saves a picture as a PNG file: a name is one in the output directory, and gets `.png` where it has no suffix."""
        name = os.fspath(filename)
        if "." not in os.path.basename(name):
            name += ".png"
        if "/" not in name:
            self._screenshot(name)
            return
        target = os.path.abspath(name)
        if (below := self._below_output_directory(target)) is not None:
            self._screenshot(below)
            return
        # Only the script sees that place.
        picture = os.path.join(self.out_dir, self._screenshot(f".{self.name}-{os.path.basename(target)}"))
        with open(picture, "rb") as source, open(target, "wb") as file:
            file.write(source.read())
        os.remove(picture)

    def _screenshot(self, name: str) -> str:
        return self._call(lambda left: host.screenshot(self._resource, name, left))

    def get_screen_text(self) -> str:
        """The text on the screen."""
        return self._call(lambda left: host.get_screen_text(self._resource, left))

    def get_screen_text_variants(self) -> list[str]:
        """The text on the screen, read in several ways."""
        return self._call(lambda left: host.get_screen_text_variants(self._resource, left))

    def wait_for_text(self, regex: pattern.Regex, timeout: Duration = DEFAULT_SECONDS) -> None:
        """Waits until the text on the screen matches."""
        self._wait_for_match(
            (regex, pattern.for_host(regex)),
            lambda text, left: host.wait_for_text(self._resource, text, left),
            ("the screen", self.get_screen_text_variants),
            timeout,
        )

    def wait_for_x(self, timeout: Duration = DEFAULT_SECONDS) -> None:
        """Waits until an X server runs and a graphical session has begun."""
        self._call(lambda left: host.wait_for_x(self._resource, left), timeout)

    def get_window_names(self) -> list[str]:
        """The titles of all windows."""
        return self._call(lambda left: host.get_window_names(self._resource, left))

    def wait_for_window(self, regexp: pattern.Regex, timeout: Duration = DEFAULT_SECONDS) -> None:
        """Waits until there is a window whose title matches."""
        self._wait_for_match(
            (regexp, pattern.for_host(regexp)),
            lambda text, left: host.wait_for_window(self._resource, text, left),
            ("the window list", self.get_window_names),
            timeout,
        )
