"""Loads the project's tests while the component is built: nothing of this runs with a test.

Files of the project are compiled with their `assert` statements rewritten and with names that are relative to the project,
and their text is kept for tracebacks.
"""

from __future__ import annotations

import ast
import importlib
import importlib.machinery
import importlib.util
import linecache
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from types import CodeType, ModuleType

from . import place, registry
from .errors import Error
from .failure import text_of
from .rewriting import rewrite

_BEGIN, _END = "--- proctor: begin ---", "--- proctor: end ---"
"""The build tool shows what stands between these and nothing around it."""


class LoadError(Exception):
    """Why the tests cannot be loaded, for the author."""


class Finder(importlib.machinery.PathFinder):
    """Finds the project's modules."""

    root = ""
    """The project's directory while the component is built."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The project's module of that name."""
        spec = super().find_spec(fullname, [cls.root] if path is None else path, target)
        if spec is None or spec.origin is None or not cls.is_projects(spec.origin):
            return None
        if isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = Loader(fullname, spec.origin)
        return spec

    @classmethod
    def is_projects(cls, path: str) -> bool:
        """Whether a file is one of the project's."""
        return path.startswith(f"{cls.root}/")


class Loader(importlib.machinery.SourceFileLoader):
    """Compiles a file of the project."""

    def get_code(self, fullname: str) -> CodeType:
        """The compiled module."""
        path = self.get_filename(fullname)
        return compiled(path)


def compiled(path: str) -> CodeType:
    """A file of the project, compiled, its text kept."""
    name = os.path.relpath(path, Finder.root)
    with open(path, "rb") as file:
        data = file.read()
    place.AUTHORS_FILES.add(name)
    text = importlib.util.decode_source(data)
    lines = [f"{line}\n" for line in text.split("\n")]
    linecache.cache[name] = (len(data), None, lines, name)
    tree = ast.parse(data, name)
    rewrite(tree)
    return compile(tree, name, "exec", dont_inherit=True)


def load(root: str) -> None:
    """Loads all tests below a directory."""
    Finder.root = root
    sys.meta_path.insert(0, Finder)
    try:
        _check_module_names(root)
        files = list(_test_files(root))
        if not files:
            raise LoadError("there are no tests: no file of the project is named test_*.py")
        for file in files:
            _import(root, file)
        registry.check_names()
        if not registry.REGISTRATIONS:
            raise LoadError(f"there are no tests: no function of {', '.join(files)} stands under @proctor.test")
    except BaseException as error:  # noqa: BLE001 -- sys.exit() and the like, too
        raise SystemError(f"\n{_BEGIN}\n{_report(error)}\n{_END}") from None


def _check_module_names(root: str) -> None:
    """A module that Python has loaded already would be imported instead of the project's."""
    for entry in sorted(os.scandir(root), key=lambda entry: entry.name):
        package = os.path.isfile(os.path.join(entry.path, "__init__.py"))
        name = entry.name if package else entry.name.removesuffix(".py")
        if (package or name != entry.name) and (name in sys.stdlib_module_names or name in sys.modules):
            raise LoadError(f"{entry.name} has the name of a module of Python or of proctor: rename it")


def _test_files(root: str) -> Iterator[str]:
    for directory, directories, files in os.walk(root):
        directories[:] = sorted(name for name in directories if not name.startswith((".", "__pycache__")))
        for file in sorted(files):
            if file.startswith("test_") and file.endswith(".py"):
                yield os.path.relpath(os.path.join(directory, file), root)


def _import(root: str, file: str) -> None:
    name = file.removesuffix(".py").replace(os.sep, ".")
    if all(part.isidentifier() for part in name.split(".")):
        importlib.import_module(name)
        return
    path = os.path.join(root, file)
    spec = importlib.util.spec_from_file_location(name, path, loader=Loader(name, path))
    if spec is None or spec.loader is None:
        raise LoadError(f"{file} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


def _report(error: BaseException) -> str:
    if isinstance(error, LoadError):
        return str(error)
    if isinstance(error, Error):
        text = text_of(error)
    else:
        text = "".join(traceback.format_exception_only(error)).rstrip("\n")
    trace = place.formatted(error)
    report = f"{trace}\n{text}" if trace else text
    if isinstance(error, ModuleNotFoundError) and error.name is not None:
        top = error.name.partition(".")[0]
        if top in sys.stdlib_module_names:
            report += f"\nthe module `{top}` of Python does not exist in a test: there is no computer around it"
        else:
            report += "\nname the package that has it in requirements.txt; it must be one of Python alone, without C"
    return report
