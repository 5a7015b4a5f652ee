"""Errors of a script that are found without executing it."""

from __future__ import annotations

import ast
import difflib
import importlib.util
from collections.abc import Iterator

from pyflakes import checker, messages
from proctor_bindings.imports import script

from .machine import QemuMachine, pythonize_name
from .driver import SYMBOLS

_HARMLESS = (messages.UnusedImport, messages.UnusedVariable, messages.RedefinedWhileUnused, messages.ImportStarUsed)
"""What a script can be run with."""

_Finding = tuple[int, int, str, bool]


def check() -> None:
    """Looks at the script and reports what it finds to the host."""
    for line, column, message, is_error in sorted(_findings(script.script_text(), script.script_file())):
        script.report_finding(line, column, message, is_error)


def _findings(text: bytes, file: str) -> Iterator[_Finding]:
    try:
        tree = ast.parse(text, file)
    except SyntaxError as error:
        yield max(error.lineno or 1, 1), max(error.offset or 0, 0), f"SyntaxError: {error.msg}", True
        return
    except ValueError as error:
        yield 1, 0, f"{type(error).__name__}: {error}", True
        return
    machines = {pythonize_name(name) for name in script.machine_names()}
    if len(machines) == 1:
        machines.add("machine")
    known = machines | set(SYMBOLS) | {f"vlan{number}" for number in script.vlan_numbers()}
    # Where no machines are named any name may be one that is used like one.
    if not machines:
        known |= {"machine"} | _used_as_machines(tree)
    undefined: set[str] = set()
    found_by_pyflakes = checker.Checker(tree, file, builtins=known).messages
    for found in sorted(found_by_pyflakes, key=lambda found: (found.lineno, found.col)):
        # Each once, where it is used first.
        if isinstance(found, messages.UndefinedName):
            (name,) = found.message_args
            if name in undefined:
                continue
            undefined.add(name)
        text_of = found.message % found.message_args
        yield found.lineno, found.col + 1, text_of, not isinstance(found, _HARMLESS)
    yield from _unknown_methods(tree, machines)
    yield from _unknown_modules(tree)


def _unknown_modules(tree: ast.Module) -> Iterator[_Finding]:
    """Modules that cannot be imported. Where that is tried it may be no error."""
    tried = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.Try) for part in node.body for inner in ast.walk(part)}
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                names = [alias.name for alias in node.names]
            case ast.ImportFrom(module=str(module), level=0):
                names = [module]
            case _:
                continue
        for name in names:
            if reason := _why_missing(name.partition(".")[0]):
                yield node.lineno, node.col_offset + 1, reason, id(node) not in tried


def _why_missing(name: str) -> str | None:
    try:
        found = importlib.util.find_spec(name) is not None
    except ModuleNotFoundError as error:
        return str(error)
    except ValueError:
        # It is loaded, and says no more.
        return None
    return None if found else f"there is no module {name!r}: scripts have Python's own library alone"


def _attributes(tree: ast.Module) -> Iterator[tuple[ast.Attribute, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node, node.value.id


def used_as_machines(text: bytes) -> set[str]:
    """The names in a script, which has no errors of syntax, that are used like machines."""
    return _used_as_machines(ast.parse(text))


def _used_as_machines(tree: ast.Module) -> set[str]:
    return {name for attribute, name in _attributes(tree) if hasattr(QemuMachine, attribute.attr)}


def _unknown_methods(tree: ast.Module, machines: set[str]) -> Iterator[_Finding]:
    there_are = [name for name in dir(QemuMachine) if not name.startswith("_")] + ["name", "out_dir", "callbacks", "keep_machine_state", "keep_vm_state"]
    assigned = {
        attribute.attr for attribute, _ in _attributes(tree) if isinstance(attribute.ctx, ast.Store)
    }
    for attribute, name in _attributes(tree):
        if name in machines and attribute.attr not in there_are and attribute.attr not in assigned:
            near = difflib.get_close_matches(attribute.attr, there_are, n=1)
            hint = f"; is it `{near[0]}`?" if near else ""
            yield attribute.lineno, attribute.col_offset + 1, f"a machine has no `{attribute.attr}`{hint}", True
