import ast
import unittest

from proctor.rewriting import rewrite


def failure_of(statement: str, **names: object) -> str:
    """What a failed `assert` says; the empty text where it holds."""
    tree = ast.parse(statement)
    rewrite(tree)
    try:
        exec(compile(tree, "test.py", "exec"), names)
    except AssertionError as error:
        return str(error)
    left = [name for name in names if name.startswith("@proctor_") and name[9:].isdigit()]
    assert not left, left
    return ""


class Assertions(unittest.TestCase):
    maxDiff = None

    def check(self, statement: str, expected: str, **names: object) -> None:
        self.assertEqual(failure_of(statement, **names), expected)

    def test_what_holds_says_nothing_and_leaves_nothing(self) -> None:
        self.check(
            "assert x == 1 and (y or x) and not z and 0 < x < 2 and f(*[1], a=2)", "", x=1, y=0, z=0, f=lambda *a, **k: 1
        )

    def test_values_are_shown_for_names(self) -> None:
        self.check("assert x == y", "assert 1 == 2", x=1, y=2)
        self.check("assert x + 1 == y", "assert (1 + 1) == 3", x=1, y=3)
        self.check("assert not x", "assert not 'a'", x="a")
        self.check("assert x", "assert []", x=[])
        self.check("assert x is None", "assert 5 is None", x=5)

    def test_calls_and_attributes_tell_where_a_value_came_from(self) -> None:
        self.check("assert len(x) == 3", "assert 2 == 3\n +  where 2 = len([1, 2])", x=[1, 2])
        self.check("assert x.real == x.imag", "assert 1 == 0\n +  where 1 = 1.real\n +  and   0 = 1.imag", x=1)
        self.check(
            "assert len(str(x)) == 1",
            "assert 2 == 1\n +  where 2 = len('12')\n +    where '12' = str(12)",
            x=12,
        )
        self.check("assert x.strip() == 'b'", "assert 'a' == 'b'\n  - b\n  + a\n +  where 'a' = ' a '.strip()", x=" a ")
        self.check("assert f(1, *x, b=2)", "assert 0\n +  where 0 = f(1, *[3], b=2)", f=lambda *_, b: 0, x=[3])
        self.check("assert all(i > 1 for i in x)", "assert False\n +  where False = all(i > 1 for i in x)", x=[1])

    def test_only_what_was_evaluated_is_shown(self) -> None:
        self.check("assert x and y", "assert 0", x=0, y=1)
        self.check("assert x or y", "assert 0 or ''", x=0, y="")
        self.check("assert 1 < x < y", "assert 1 < 0", x=0, y=9)
        self.check("assert 1 < x < y", "assert 2 < 2", x=2, y=2)
        self.check("assert x and len(x) == 1", "assert [1, 2] and 2 == 1\n +  where 2 = len([1, 2])", x=[1, 2])

    def test_an_expression_is_evaluated_once(self) -> None:
        calls: list[int] = []
        failure_of("assert f() == 2, f'{len(calls)}'", f=lambda: calls.append(1) or 1, calls=calls)
        self.assertEqual(calls, [1])

    def test_the_message_stands_first(self) -> None:
        self.check("assert x, f'no {x}'", "no 0\nassert 0", x=0)

    def test_differences_are_told(self) -> None:
        self.check("assert x == [1, 3]", "assert [1, 2] == [1, 3]\n  At index 1 diff: 2 != 3", x=[1, 2])
        self.check("assert x == [1]", "assert [1, 2] == [1]\n  Left contains one more item: 2", x=[1, 2])
        self.check(
            "assert x == {2}",
            "assert {1} == {2}\n  Extra items in the left set:\n  1\n  Extra items in the right set:\n  2",
            x={1},
        )
        self.check(
            "assert x == {'a': 2, 'c': 1}",
            "assert {'a': 1, 'b': 1} == {'a': 2, 'c': 1}\n  Differing items:\n  {'a': 1} != {'a': 2}\n"
            "  Left contains 1 more item:\n  {'b': 1}\n  Right contains 1 more item:\n  {'c': 1}",
            x={"a": 1, "b": 1},
        )
        self.check(
            "assert x == y",
            "assert 'one\\ntwo\\n' == 'one\\nthree\\n'\n    one\n  - three\n  + two",
            x="one\ntwo\n",
            y="one\nthree\n",
        )
        self.check("assert 'b' not in x", "assert 'b' not in 'abc'\n  'b' is contained here:\n  'abc'", x="abc")

    def test_what_differs_in_blanks_alone_is_seen(self) -> None:
        self.assertIn("- 'a'\n", failure_of("assert x == 'a'", x="a ") + "\n")

    def test_long_values_are_cut_and_broken_ones_are_named(self) -> None:
        class Broken:
            def __repr__(self) -> str:
                raise ValueError

        self.assertLess(len(failure_of("assert x == ''", x="a" * 10_000)), 300)
        self.assertIn("its repr() raised ValueError", failure_of("assert x is None", x=Broken()))

    def test_long_texts_are_compared_in_time(self) -> None:
        text = "".join(f"{i}\n" for i in range(100_000))
        self.assertIn("at index", failure_of("assert x == y", x=text, y=text.replace("50000\n", "!\n")))

    def test_statements_stay_where_they_were(self) -> None:
        tree = ast.parse('"""doc"""\nfrom __future__ import annotations\n\nassert (\n    1 ==\n    x)\n')
        rewrite(tree)
        try:
            exec(compile(tree, "test.py", "exec"), {"x": 2})
        except AssertionError as error:
            traceback = error.__traceback__
            self.assertIsNotNone(traceback)
            self.assertEqual(traceback.tb_next.tb_lineno, 4)

    def test_classes_and_comprehensions_are_left_as_they_were(self) -> None:
        self.check(
            "class A:\n    assert [i for i in range(3)] and 1\n    x = 1\nassert not [n for n in vars(A) if n[0] == '@']", ""
        )


if __name__ == "__main__":
    unittest.main()
