import tempfile
import unittest
from pathlib import Path

from proctor import library


class Imports(unittest.TestCase):
    def check(self, text: str, *expected: str, name: str = "package.module", file: str = "module.py") -> None:
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory, file)
            path.write_text(text)
            self.assertEqual(sorted(set(library._imports(str(path), name))), sorted(expected))

    def test_modules_are_found_wherever_they_are_imported(self) -> None:
        self.check("import a\nimport b.c as d, e\n", "a", "b.c", "e")
        self.check("def f():\n    import a  # because\n    from b import c as d, e\n", "a", "b", "b.c", "b.e")
        self.check("from a import (\n    b,\n    c as d,\n)\n", "a", "a.b", "a.c")
        self.check("x = 1\nimporter = 2\nfrom_a = 3\n")

    def test_relative_names_are_those_of_the_package(self) -> None:
        self.check("from . import a\n", "package", "package.a")
        self.check("from .a import b\n", "package.a", "package.a.b")
        self.check("from ..a import b\n", "a.a", "a.a.b", name="a.b.c")
        self.check("from .a import b\n", "package.a", "package.a.b", name="package", file="__init__.py")


if __name__ == "__main__":
    unittest.main()
