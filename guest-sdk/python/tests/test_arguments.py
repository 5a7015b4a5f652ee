import time
import unittest
from datetime import timedelta

import proctor
from proctor import registry
from proctor.arguments import milliseconds, port, text


class Arguments(unittest.TestCase):
    def test_durations_are_rounded_up_to_milliseconds(self) -> None:
        for value, expected in [
            (0, 0),
            (1e-9, 1),
            (0.007, 7),
            (0.3, 300),
            (1.1, 1100),
            (timedelta(microseconds=1001), 2),
            (50 * 86_400, 2**32 - 1),
            (float("inf"), 2**32 - 1),
        ]:
            self.assertEqual(milliseconds(value), expected, value)

    def test_what_is_no_duration_is_refused(self) -> None:
        for value in (-1, float("nan"), float("-inf")):
            with self.assertRaises(proctor.InvalidArgument):
                milliseconds(value)
        for value in ("1", True, None):
            with self.assertRaises(TypeError):
                milliseconds(value)

    def test_what_the_host_cannot_be_told_is_an_error_with_a_text(self) -> None:
        with self.assertRaises(proctor.InvalidArgument) as raised:
            text("a\ud800", "command")
        self.assertEqual(str(raised.exception), "command has a lone surrogate at index 1, which is no character: 'a\\ud800'")
        with self.assertRaisesRegex(TypeError, "command must be a str, not int"):
            text(1, "command")
        with self.assertRaisesRegex(proctor.InvalidArgument, "port 65536 is not between"):
            port(65536, "port")


class Retry(unittest.TestCase):
    def test_it_ends_with_the_first_value_or_the_first_error(self) -> None:
        values = iter([None, False, 0])
        self.assertEqual(proctor.retry(lambda: next(values), 60), 0)
        with self.assertRaises(ZeroDivisionError):
            proctor.retry(lambda: 1 // 0, 60)

    def test_it_ends_in_time_and_tries_once_more_then(self) -> None:
        start, tries = time.monotonic(), []
        with self.assertRaisesRegex(proctor.Error, r"^action timed out after 0\.1\d seconds \(timeout=0\.1\)$"):
            proctor.retry(lambda: tries.append(time.monotonic() - start), 0.1)
        self.assertGreaterEqual(tries[-1], 0.1)

    def test_a_coroutine_is_no_value(self) -> None:
        async def waits() -> None: ...

        with self.assertRaisesRegex(proctor.Error, "the action returned a coroutine, of which nothing was run"):
            proctor.retry(waits, 60)


class Registry(unittest.TestCase):
    def setUp(self) -> None:
        registry.REGISTRATIONS.clear()

    def test_a_test_is_described_as_it_was_written(self) -> None:
        @proctor.test(tags=["a", "b"], timeout=timedelta(minutes=1))
        def web(machine: proctor.Machine) -> None:
            """

            One line.
            Another.
            """

        @proctor.test("another name", description="d")
        def other() -> None: ...

        first, second = registry.REGISTRATIONS
        self.assertEqual((first.name, first.description, first.tags, first.timeout), ("web", "One line.", ("a", "b"), 60_000))
        self.assertEqual((second.name, second.description, second.timeout), ("another name", "d", None))
        with open(__file__) as file:
            line = file.read().splitlines()[first.place[1] - 1]
        self.assertTrue(line[first.place[2] - 1 :].startswith("web("), line)

    def test_a_name_stands_for_one_test(self) -> None:
        for _ in range(2):

            @proctor.test
            def twice() -> None: ...

        with self.assertRaisesRegex(proctor.Error, "^two tests are named `twice`: at .*; give one another name with"):
            registry.check_names()

    def test_an_unknown_name_is_answered_with_the_known_ones(self) -> None:
        with self.assertRaisesRegex(proctor.Error, "^no test is named `c`; the component has none$"):
            registry.find("c")
        proctor.test("a")(lambda: None)
        with self.assertRaisesRegex(proctor.Error, "^no test is named `c`; there are `a`$"):
            registry.find("c")

    def test_what_a_test_returns_fails_it(self) -> None:
        async def waits() -> None: ...

        class Plain: ...

        for value, part in [
            (False, "the test returned False, and a test returns nothing"),
            (0, "the test returned 0, and"),
            (Plain(), "the test returned an object of the class Plain, and"),
            (waits(), "the test returned a coroutine, .*: the test is an async function; tests are plain functions"),
            ((one for one in [1]), "the test returned a generator, .*: the test is a generator function; tests are plain"),
        ]:
            registry.REGISTRATIONS.clear()
            proctor.test("returns")(lambda value=value: value)
            with self.assertRaisesRegex(proctor.Error, part) as raised:
                registry.find("returns").run()
            self.assertEqual(raised.exception._place, registry.REGISTRATIONS[0].place)
        registry.REGISTRATIONS.clear()
        proctor.test("returns nothing")(lambda: None)
        registry.find("returns nothing").run()

    def test_mistakes_are_named(self) -> None:
        async def waits() -> None: ...

        for make, part in [
            (lambda: proctor.test(waits), "it is not `async`"),
            (lambda: proctor.test("")(print), "must not be empty"),
            (lambda: proctor.test("a\nb"), "must be one line"),
            (lambda: proctor.test(tags="a"), "several texts"),
            (lambda: proctor.test(timeout=0), "of zero"),
            (lambda: proctor.test(timeout=50 * 86_400), "less than 49 days"),
            (lambda: proctor.test(int), "a test is a function"),
        ]:
            with self.assertRaisesRegex((TypeError, ValueError), part):
                make()

    def test_nothing_is_asked_of_a_host_while_tests_are_loaded(self) -> None:
        for call in (
            lambda: proctor.log.info("a"),
            lambda: proctor.subtest("a").__enter__(),
            lambda: proctor.Driver().machine("a"),
        ):
            with self.assertRaisesRegex(proctor.Error, "works in a test only"):
                call()


if __name__ == "__main__":
    unittest.main()
