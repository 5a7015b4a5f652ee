"""What a function returns where nothing may be returned, in words."""

from __future__ import annotations

import inspect

from .arguments import sayable

_SHOWN_CHARACTERS = 100
"""Longer values are cut."""


def never_run(value: object) -> str | None:
    """What a value is of which nothing was run, as a call of a function with `async` or `yield` returns it; None where it
    is none."""
    if inspect.iscoroutine(value):
        if inspect.getcoroutinestate(value) == inspect.CORO_CREATED:
            # Python need not warn of that as well.
            value.close()
        return "a coroutine"
    if inspect.isasyncgen(value):
        return "an asynchronous generator"
    if inspect.isgenerator(value):
        return "a generator"
    if inspect.isawaitable(value):
        return "an awaitable"
    return None


def shown(value: object) -> str:
    """A value as it would stand in source text; what has no text of its own, by its class."""
    if type(value).__repr__ is object.__repr__:
        return f"an object of the class {type(value).__name__}"
    try:
        text = sayable(repr(value))
    except Exception as error:  # noqa: BLE001 -- whatever it is, something has to be said
        return f"an object of the class {type(value).__name__}, whose repr() raised {type(error).__name__}"
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."
