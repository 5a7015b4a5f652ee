import subprocess
import sys
import unittest
from pathlib import Path

SDK = Path(__file__).parents[1]


class WithoutAComponent(unittest.TestCase):
    def test_an_import_fails_and_says_what_to_do(self) -> None:
        # Without the bindings that other tests of this directory have.
        program = f"import sys; sys.path.insert(0, {str(SDK)!r}); import proctor"
        ended = subprocess.run([sys.executable, "-I", "-B", "-c", program], capture_output=True, text=True)
        self.assertEqual(ended.returncode, 1)
        said = ended.stderr.splitlines()[-1]
        self.assertEqual(said, "ImportError: These are tests of machines. Build and run them with: proctor run")
        self.assertNotIn("ModuleNotFoundError", ended.stderr)


if __name__ == "__main__":
    unittest.main()
