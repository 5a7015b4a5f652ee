"""Modules that are imported first while a test runs, when there are no files any more.

While the component is built the text of every module that anything loaded may import is kept, compressed: what stands in
functions of the project, of packages and of Python's own library.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import marshal
import os
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import CodeType, ModuleType

from . import interpreter

_IMPLICIT = ("_strptime", "_pylong", "_sysconfigdata__wasi_wasm32-wasi", "encodings.idna", "stringprep")
"""What the interpreter itself imports when it is needed."""

_LEFT_OUT = frozenset(
    [
        "antigravity",
        "bdb",
        "cProfile",
        "code",
        "cmd",
        "compileall",
        "ctypes",
        "curses",
        "dbm",
        "doctest",
        "ensurepip",
        "ftplib",
        "idlelib",
        "imaplib",
        "lib2to3",
        "mailbox",
        "multiprocessing",
        "nntplib",
        "pdb",
        "pickletools",
        "poplib",
        "profile",
        "pstats",
        "py_compile",
        "pydoc",
        "pydoc_data",
        "pyclbr",
        "_pyrepl",
        "readline",
        "rlcompleter",
        "smtplib",
        "socketserver",
        "sqlite3",
        "ssl",
        "telnetlib",
        "test",
        "this",
        "timeit",
        "tkinter",
        "trace",
        "turtle",
        "turtledemo",
        "unittest",
        "venv",
        "webbrowser",
        "wsgiref",
        "xmlrpc",
        "zipapp",
    ]
)
"""Modules of Python's library that other modules name and that no test has a use for, or that do not work in one. A
project that names one itself gets it, and what that imports."""

_NEVER = frozenset("ensurepip idlelib lib2to3 pydoc_data test tkinter turtledemo venv".split())
"""What no script has a use for, and what is large."""

_STATEMENT = re.compile(
    r"^[ \t]*(?:import[ \t]+([\w., \t]+)|from[ \t]*(\.*)[ \t]*([\w.]*)[ \t]+import[ \t]*(\([^)]*\)|[\w, \t]*))", re.MULTILINE
)
"""An import statement. What only looks like one, in a text, does no harm; and a parser would take ten times as long."""

_kept: dict[str, tuple[bool, bytes, bool]] = {}
"""Whether it is a package, its compressed text or code, and whether it is code."""


class Finder:
    """Finds what was kept."""

    @staticmethod
    def find_spec(
        fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module of that name."""
        kept = _kept.get(fullname)
        if kept is None:
            return None
        return importlib.util.spec_from_loader(fullname, Loader(), is_package=kept[0])


class Loader(importlib.abc.Loader):
    """Executes what was kept."""

    def exec_module(self, module: ModuleType) -> None:
        """Executes a module."""
        name = module.__name__
        _, data, is_code = _kept[name]
        content = zlib.decompress(data)
        code = marshal.loads(content) if is_code else compile(content, f"<{name}>", "exec", dont_inherit=True)
        exec(code, module.__dict__)
        interpreter.replace_in(module)


def keep(project: str, packages: Sequence[str], library: str) -> None:
    """Keeps what can be imported later."""
    roots = [project, *packages, library]
    seen: set[str] = set()
    pending: list[tuple[str, bool]] = [(name, True) for name in _IMPLICIT]
    pending += [(f"encodings.{name}", True) for name in _submodules(os.path.join(library, "encodings"))]
    # Everything of the project and of packages; of the library what is loaded.
    for root in (project, *packages):
        for name, path in _modules(root):
            seen.add(name)
            found = list(_imports(path, name))
            pending += [(one, True) for one in found]
            if root == project:
                _import_now(found)
            if name not in sys.modules:
                _keep(name, path, project)
    for name, module in list(sys.modules.items()):
        origin = getattr(getattr(module, "__spec__", None), "origin", None)
        if origin is not None and origin.startswith(f"{library}/") and origin.endswith(".py"):
            pending += [(found, False) for found in _imports(origin, name)]
    while pending:
        name, wanted = pending.pop()
        top = name.partition(".")[0]
        if name in seen or (not wanted and top in _LEFT_OUT):
            continue
        seen.add(name)
        if (file := _find(name, roots)) is None:
            continue
        if name not in sys.modules:
            _keep(name, file, project)
        if "." in name:
            pending.append((name.rpartition(".")[0], wanted))
        pending += [(found, wanted and top in _LEFT_OUT) for found in _imports(file, name)]
    _close()


def keep_all(library: str) -> None:
    """Keeps all of Python's library: what a script imports is not known before it runs."""
    _import_now(sorted(sys.stdlib_module_names))
    for name, path in _modules(library):
        if name not in sys.modules and name.partition(".")[0] not in _NEVER:
            _keep(name, path, None)
    _close()


def _close() -> None:
    """From here on nothing is looked for in files."""
    sys.meta_path.append(Finder)
    sys.path_importer_cache.clear()
    # Only the project's texts are shown.
    for name in [name for name in linecache.cache if name.startswith("/")]:
        del linecache.cache[name]


def _import_now(names: Sequence[str]) -> None:
    """What functions of the project import of Python's library: then it takes no time while a test runs."""
    for name in names:
        top = name.partition(".")[0]
        if name not in sys.modules and top in sys.stdlib_module_names and top not in _LEFT_OUT:
            # What cannot be imported is told to who imports it; many a name is that of a function.
            with suppress(Exception):
                importlib.import_module(name)


def _keep(name: str, path: str, project: str | None) -> None:
    is_package = os.path.basename(path) == "__init__.py"
    if project is not None and path.startswith(f"{project}/"):
        from .loading import compiled

        try:
            code: CodeType | None = compiled(path)
        except SyntaxError:
            # A file that is none of the tests' may be anything; who imports it is told.
            code = None
        if code is not None:
            _kept[name] = (is_package, zlib.compress(marshal.dumps(code)), True)
            return
    with open(path, "rb") as file:
        _kept[name] = (is_package, zlib.compress(file.read()), False)


def _modules(root: str) -> Iterator[tuple[str, str]]:
    """All modules below a directory, with their files."""
    for directory, directories, files in os.walk(root):
        directories[:] = [name for name in directories if name.isidentifier() and name != "__pycache__"]
        package = os.path.relpath(directory, root).replace(os.sep, ".").strip(".")
        for file in files:
            stem = file.removesuffix(".py")
            if stem == file or not stem.isidentifier():
                continue
            name = package if stem == "__init__" else f"{package}.{stem}".strip(".")
            if name:
                yield name, os.path.join(directory, file)


def _submodules(directory: str) -> list[str]:
    return [file[:-3] for file in os.listdir(directory) if file.endswith(".py") and file != "__init__.py"]


def _find(name: str, roots: Sequence[str]) -> str | None:
    for root in roots:
        base = os.path.join(root, *name.split("."))
        for path in (f"{base}.py", os.path.join(base, "__init__.py")):
            if os.path.isfile(path):
                return path
    return None


def _imports(path: str, name: str) -> Iterator[str]:
    """The modules that a file may name in its import statements, wherever those stand."""
    with open(path, "rb") as file:
        text = file.read().decode("utf-8", "replace")
    package = name if os.path.basename(path) == "__init__.py" else name.rpartition(".")[0]
    for modules, dots, module, names in _STATEMENT.findall(text):
        for imported in modules.split(","):
            if words := imported.split():
                yield words[0]
        if not (dots or module):
            continue
        base = module
        if dots:
            above = package.rsplit(".", len(dots) - 1)[0] if len(dots) > 1 else package
            base = f"{above}.{module}".strip(".")
        yield base
        for imported in names.strip("()").split(","):
            if words := imported.split():
                yield f"{base}.{words[0]}"
