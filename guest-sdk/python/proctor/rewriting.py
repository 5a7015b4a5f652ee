"""Rewrites `assert` statements so that a failed one tells the values. Done when the component is built.

`assert f(x) == 3` becomes, with names that no author can write,

    if not ((v1 := (v2 := f)(v3 := x)) == 3):
        raise assertion_error(None, <what stands where, with v1, v2 and v3>)
    del v1, v2, v3

All nodes keep their places in the source text, so that tracebacks stay as they were.
"""

from __future__ import annotations

import ast
from typing import cast

_ERROR = "@proctor_assertion_error"
_UNSET = "@proctor_unset"

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.MatMult: "@",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.BitAnd: "&",
    ast.Not: "not ",
    ast.Invert: "~",
    ast.UAdd: "+",
    ast.USub: "-",
    ast.And: "and",
    ast.Or: "or",
}


def rewrite(tree: ast.Module) -> None:
    """Rewrites the `assert` statements of a module in place."""
    rewriter = _Statements()
    rewriter.visit(tree)
    if not rewriter.found:
        return
    start = 0
    for statement in tree.body:
        docstring = start == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not docstring and not future:
            break
        start += 1
    names = [ast.alias("assertion_error", _ERROR), ast.alias("UNSET", _UNSET)]
    tree.body.insert(start, ast.ImportFrom("proctor.explanation", names, 0, lineno=1, col_offset=0))
    ast.fix_missing_locations(tree)


class _Statements(ast.NodeTransformer):
    def __init__(self) -> None:
        self.found = False

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        self.found = True
        parts = _Parts()
        test, tree = parts.part(node.test)
        message = node.msg or ast.Constant(None)
        error = ast.Call(ast.Name(_ERROR, ast.Load()), [message, tree], [])
        statements: list[ast.stmt] = [
            ast.If(ast.UnaryOp(ast.Not(), test), [ast.Raise(error)], []),
        ]
        if parts.slots:
            if parts.branches:
                targets: list[ast.expr] = [ast.Name(slot, ast.Store()) for slot in parts.slots]
                statements.insert(0, ast.Assign(targets, ast.Name(_UNSET, ast.Load())))
            statements.append(ast.Delete([ast.Name(slot, ast.Del()) for slot in parts.slots]))
        for statement in statements:
            for child in ast.walk(statement):
                if "lineno" in child._attributes and not hasattr(child, "lineno"):
                    ast.copy_location(child, node)
        return statements


class _Parts:
    """The parts of one expression: for each the expression that keeps its value, and what explains it."""

    def __init__(self) -> None:
        self.slots: list[str] = []
        self.branches = False
        """Whether some parts may not be evaluated."""

    def part(self, node: ast.expr) -> tuple[ast.expr, ast.expr]:
        """One part of an expression."""
        match node:
            case ast.Constant(value):
                return node, _tree("text", ast.Constant(repr(value)))
            case ast.Name(name) if isinstance(node.ctx, ast.Load):
                kept, slot = self._keep(node)
                return kept, _tree("name", ast.Constant(name), slot)
            case ast.BoolOp(operator, values):
                self.branches = True
                parts = [self._operand(value) for value in values]
                kept = ast.copy_location(ast.BoolOp(operator, [part[0] for part in parts]), node)
                return kept, _tree("logic", _operator(operator), _list([part[1] for part in parts]))
            case ast.UnaryOp(operator, operand):
                inner, tree = self.part(operand)
                kept = ast.copy_location(ast.UnaryOp(operator, inner), node)
                return kept, _tree("unary", _operator(operator), tree)
            case ast.BinOp(left, operator, right):
                (first, first_tree), (second, second_tree) = self.part(left), self.part(right)
                kept = ast.copy_location(ast.BinOp(first, operator, second), node)
                return kept, _tree("binary", first_tree, _operator(operator), second_tree)
            case ast.Compare(left, operators, comparators):
                self.branches = self.branches or len(operators) > 1
                parts = [self._operand(value) for value in [left, *comparators]]
                kept = ast.Compare(parts[0][0], operators, [part[0] for part in parts[1:]])
                signs = _list([_operator(operator) for operator in operators])
                return ast.copy_location(kept, node), _tree("compare", signs, _list([part[1] for part in parts]))
            case ast.Attribute(value, name):
                inner, tree = self.part(value)
                kept, slot = self._keep(ast.copy_location(ast.Attribute(inner, name, ast.Load()), node))
                return kept, _tree("attribute", slot, tree, ast.Constant(name))
            case ast.Call():
                return self._call(node)
            case ast.GeneratorExp() | ast.Lambda() | ast.JoinedStr():
                kept, slot = self._keep(node)
                return kept, _tree("source", slot, ast.Constant(ast.unparse(node)))
        kept, slot = self._keep(node)
        return kept, _tree("value", slot)

    def _operand(self, node: ast.expr) -> tuple[ast.expr, ast.expr]:
        """A part whose own value is needed, too."""
        inner, tree = self.part(node)
        kept, slot = self._keep(inner)
        return kept, _tree("operand", slot, tree)

    def _call(self, node: ast.Call) -> tuple[ast.expr, ast.expr]:
        function, function_tree = self.part(node.func)
        arguments, trees = [], []
        for argument in node.args:
            starred = isinstance(argument, ast.Starred)
            inner, tree = self.part(cast(ast.Starred, argument).value if starred else argument)
            if starred:
                inner = ast.copy_location(ast.Starred(inner, ast.Load()), argument)
            arguments.append(inner)
            trees.append(_tree("argument", ast.Constant("*" if starred else ""), tree))
        keywords = []
        for keyword in node.keywords:
            inner, tree = self.part(keyword.value)
            keywords.append(ast.copy_location(ast.keyword(keyword.arg, inner), keyword))
            trees.append(_tree("argument", ast.Constant(f"{keyword.arg}=" if keyword.arg else "**"), tree))
        call = ast.copy_location(ast.Call(function, arguments, keywords), node)
        kept, slot = self._keep(call)
        return kept, _tree("call", slot, function_tree, _list(trees))

    def _keep(self, node: ast.expr) -> tuple[ast.expr, ast.expr]:
        """An expression that keeps its value, and the one that has it."""
        name = f"@proctor_{len(self.slots)}"
        self.slots.append(name)
        kept = ast.copy_location(ast.NamedExpr(ast.copy_location(ast.Name(name, ast.Store()), node), node), node)
        return kept, ast.Name(name, ast.Load())


def _tree(kind: str, *parts: ast.expr) -> ast.expr:
    return ast.Tuple([ast.Constant(kind), *parts], ast.Load())


def _list(parts: list[ast.expr]) -> ast.expr:
    return ast.Tuple(parts, ast.Load())


def _operator(operator: ast.AST) -> ast.expr:
    return ast.Constant(_OPERATORS[type(operator)])
