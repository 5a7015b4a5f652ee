"""What a machine shows on its screen."""

from __future__ import annotations

from proctor_bindings.imports import screen as host

from .arguments import Duration, text
from .part import Part


class Screen(Part):
    """What a machine shows on its screen.

    Reading text from the screen needs the program tesseract on the computer that runs the test; where it is missing,
    `Unsupported` says so at once. Patterns are as for the serial console.
    """

    def screenshot(self, name: str, *, timeout: Duration | None = None) -> str:
        """Saves a picture of the screen as a PNG file below the output directory. A name without a suffix gets `.png`.
        Returns the file's path below the output directory.

        Raises: `InvalidArgument` where the name leads out of the directory.
        """
        name = text(name, "name")
        return self._call(timeout, lambda left: host.screenshot(self._resource, name, left))

    def get_screen_text(self, *, timeout: Duration | None = None) -> str:
        """The text on the screen."""
        return self._call(timeout, lambda left: host.get_screen_text(self._resource, left))

    def get_screen_text_variants(self, *, timeout: Duration | None = None) -> list[str]:
        """The text on the screen as read from the picture as it is, enhanced, enhanced and negated."""
        return self._call(timeout, lambda left: host.get_screen_text_variants(self._resource, left))

    def wait_for_text(self, pattern: str, *, timeout: Duration | None = None) -> str:
        """Waits until the text on the screen matches in one of its variants. Returns what matched.

        Raises: `TimedOut`, which tells the text that was read last.
        """
        pattern = text(pattern, "pattern")
        return self._call(timeout, lambda left: host.wait_for_text(self._resource, pattern, left))

    def wait_for_x(self, *, timeout: Duration | None = None) -> None:
        """Waits until the machine runs an X server and a graphical session has begun. That systemd tells, where the machine
        has its journal; for a session that is none of systemd's, wait for a window.

        Raises: `TimedOut`, which tells what is missing.
        """
        self._call(timeout, lambda left: host.wait_for_x(self._resource, left))

    def get_window_names(self, *, timeout: Duration | None = None) -> list[str]:
        """The titles of all windows of the X server.

        Raises: `CommandFailed` where there is no X server; `Unsupported` where the machine has no `xwininfo`.
        """
        return self._call(timeout, lambda left: host.get_window_names(self._resource, left))

    def wait_for_window(self, pattern: str, *, timeout: Duration | None = None) -> str:
        """Waits until there is a window whose title matches. Returns the title.

        Raises: `TimedOut`, which tells the titles seen last; `Unsupported` where the machine has no `xwininfo`.
        """
        pattern = text(pattern, "pattern")
        return self._call(timeout, lambda left: host.wait_for_window(self._resource, pattern, left))
