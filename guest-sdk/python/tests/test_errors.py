import unittest

from componentize_py_types import Err
from proctor_bindings.imports import types

import proctor
from proctor.cause import error_of, record_of
from proctor.failure import failure_of, text_of
from proctor.place import AUTHORS_FILES

RESULT = types.CommandResult("x", 1, b"why\n")

CAUSES = [
    types.ErrorCause_TimedOut(types.TimedOut("the call limit", 1000, "exit code 7")),
    types.ErrorCause_CommandFailed(RESULT),
    types.ErrorCause_CommandUnexpectedlySucceeded(RESULT),
    types.ErrorCause_OutputTooLarge(types.OutputTooLarge("x", 5)),
    types.ErrorCause_ShellLost(types.ShellLost("x", "killed", True)),
    types.ErrorCause_MachineDown(types.MachineDown("not started", ["last words"])),
    types.ErrorCause_UnitFailed(types.UnitFailed("u", None, "failed", "unit `u` failed", ["a"])),
    types.ErrorCause_Denied(types.Denied("allow-read", "reading `/etc`")),
    types.ErrorCause_MonitorError("no"),
    types.ErrorCause_Unsupported("no links"),
    types.ErrorCause_InvalidArgument("what"),
    types.ErrorCause_PollingConditionFailed(types.PollingConditionFailed("d", "m")),
    types.ErrorCause_HostFailure("disk full"),
]

TEXTS = [
    "timed out: the call limit of 1.00 s passed; last seen: exit code 7",
    "command `x` failed (exit code 1)",
    "command `x` unexpectedly succeeded",
    "command `x` printed more than the 5 bytes that one command may",
    "command `x` lost its shell (killed); a new one answers",
    "the machine is not running (not started)",
    "unit `u` failed",
    "denied: reading `/etc`; to allow it, run with --allow-read",
    "the machine's monitor answered: no",
    "not supported: no links",
    "what",
    "Polling condition failed: d: m",
    "the test host failed: disk full",
]

CODES = (
    "timed-out command-failed command-unexpectedly-succeeded output-too-large shell-lost machine-down unit-failed denied "
    "monitor-error unsupported invalid-argument polling-condition-failed host-failure"
).split()


class Errors(unittest.TestCase):
    def test_texts_are_those_of_every_language(self) -> None:
        for cause, text, code in zip(CAUSES, TEXTS, CODES, strict=True):
            error = error_of(types.Error("server", 'succeed("x")', 1500, cause))
            self.assertEqual(str(error), f'machine `server`: succeed("x") failed after 1.50 s: {text}')
            self.assertEqual(error.code, code)
            self.assertEqual((error.machine, error.action, error.elapsed), ("server", 'succeed("x")', 1.5))

    def test_the_host_gets_its_own_record_back(self) -> None:
        for cause in CAUSES:
            record = types.Error("server", "a", 12, cause)
            self.assertEqual(record_of(error_of(record)), record)
        self.assertIsNone(record_of(proctor.Error("no")))
        self.assertIsNone(record_of(ValueError("no")))

    def test_only_the_end_of_a_long_output_goes_back(self) -> None:
        result = types.CommandResult("x", 1, b"a" * 65536 + b"end")
        record = record_of(error_of(types.Error(None, "a", 0, types.ErrorCause_CommandFailed(result))))
        self.assertEqual(len(record.cause.value.stdout), 65536)
        self.assertTrue(record.cause.value.stdout.endswith(b"end"))

    def test_long_commands_are_cut_at_characters(self) -> None:
        result = types.CommandResult("ä" * 301, 1, b"")
        text = str(error_of(types.Error(None, "succeed", 0, types.ErrorCause_CommandFailed(result))))
        self.assertIn(f"command `{'ä' * 300}... (602 bytes)` failed", text)

    def test_fields_are_there(self) -> None:
        error = error_of(types.Error("m", "a", 1, CAUSES[1]))
        self.assertIsInstance(error, proctor.CommandFailed)
        self.assertEqual((error.command, error.status, error.output), ("x", 1, "why\n"))
        timed = error_of(types.Error("m", "a", 1, CAUSES[0]))
        self.assertEqual((timed.limit, timed.budget, timed.last_seen), ("the call limit", 1.0, "exit code 7"))

    def test_an_own_text_is_the_text(self) -> None:
        with self.assertRaises(proctor.Error) as raised:
            proctor.fail("three is not four")
        self.assertEqual(str(raised.exception), "three is not four")
        self.assertIsNone(raised.exception.code)

    def test_whatever_is_raised_has_a_text(self) -> None:
        class Broken(Exception):
            def __str__(self) -> str:
                raise ValueError

        self.assertEqual(text_of(KeyError("a")), "KeyError: 'a'")
        self.assertEqual(text_of(SystemExit(3)), "the test called sys.exit(3)")
        self.assertEqual(text_of(SystemExit()), "the test called sys.exit()")
        self.assertIn("Broken", text_of(Broken()))
        self.assertEqual(text_of(AssertionError()), "AssertionError")
        self.assertEqual(failure_of(ValueError("a\ud800")).message, "ValueError: a\\ud800")
        self.assertIsInstance(Err("x"), Exception)

    def test_long_messages_are_cut(self) -> None:
        begun = "x" * 65536
        self.assertEqual(failure_of(proctor.Error(begun)).message, begun)
        self.assertEqual(failure_of(proctor.Error(begun + "yz")).message, f"{begun}... (65538 bytes)")
        self.assertEqual(text_of(proctor.Error("a" + "\u00e4" * 40_000)), "a" + "\u00e4" * 32767 + "... (80001 bytes)")
        self.assertLess(len(text_of(ValueError(begun * 10))), 65600)
        self.assertLess(len(text_of(SystemExit(begun * 10))), 65600)

    def test_a_long_cause_leaves_the_rest_of_the_traceback(self) -> None:
        name = "test_long.py"
        code = compile("try:\n    raise ValueError('x' * 1_000_000)\nexcept ValueError:\n    1 / 0\n", name, "exec")
        AUTHORS_FILES.add(name)
        self.addCleanup(AUTHORS_FILES.discard, name)
        try:
            exec(code, {})
        except ZeroDivisionError as error:
            failure = failure_of(error)
        self.assertLess(len(failure.message), 10_000)
        self.assertTrue(failure.message.endswith('File "test_long.py", line 4, in <module>'), failure.message[-200:])
        self.assertEqual(failure.place.line, 4)


class Output(unittest.TestCase):
    def test_text_is_text_and_bytes(self) -> None:
        output = proctor.Output(b"two\nlines\n")
        self.assertEqual(output, "two\nlines\n")
        self.assertEqual(output.splitlines(), ["two", "lines"])
        self.assertEqual(output.bytes, b"two\nlines\n")
        self.assertEqual(repr(output), "'two\\nlines\\n'")

    def test_binary_bytes_are_kept_and_shown(self) -> None:
        output = proctor.Output(b"\xff\0a")
        self.assertEqual(str.__str__(output), "\ufffd\0a")
        self.assertNotEqual(output, "\ufffd\0a")
        self.assertEqual(output, b"\xff\0a")
        self.assertEqual(repr(output), "b'\\xff\\x00a'")


if __name__ == "__main__":
    unittest.main()
