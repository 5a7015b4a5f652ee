import unittest
from collections.abc import AsyncIterator, Iterator

import proctor


class Outcomes(unittest.TestCase):
    def check(self, value: object, expected: str | None) -> None:
        self.assertEqual(proctor.PollingCondition("c", lambda: value)._outcome(), expected)

    def test_a_condition_holds_or_not(self) -> None:
        for value in (None, True, proctor.Output(b""), proctor.CommandResult("true", 0, proctor.Output(b""))):
            self.check(value, None)
        self.check(False, "")
        self.check(proctor.CommandResult("a", 3, proctor.Output(b"")), "command `a` ended with status 3")

    def test_anything_else_does_not_hold(self) -> None:
        class Plain: ...

        class Broken:
            def __repr__(self) -> str:
                raise ValueError

        for value, said in [
            (0, "0"),
            (1, "1"),
            ("", "''"),
            ([], "[]"),
            ("\ud800", "'\\ud800'"),
            ("a" * 200, f"'{'a' * 99}..."),
            (Plain(), "an object of the class Plain"),
            (Broken(), "an object of the class Broken, whose repr() raised ValueError"),
        ]:
            self.check(value, f"it returned {said}, and has to return True, False or nothing")

    def test_what_was_never_run_is_named(self) -> None:
        async def waits() -> None:
            raise AssertionError("nothing runs it")

        def yields() -> Iterator[bool]:
            yield False

        async def both() -> AsyncIterator[bool]:
            yield False

        for function, said in [(waits, "a coroutine"), (yields, "a generator"), (both, "an asynchronous generator")]:
            outcome = proctor.PollingCondition("c", function)._outcome()
            self.assertEqual(outcome, f"it returned {said}, and has to return True, False or nothing")


if __name__ == "__main__":
    unittest.main()
