"""FEEL, the expression language of the DMN standard: compiled once, bounded, without Python, I/O or a clock of its own."""

from engine.feel.errors import FeelLimit, FeelSyntaxError
from engine.feel.expression import Expression, UnaryTests, compile_expression, compile_unary_tests
from engine.feel.values import MonthsDuration, Range

__all__ = [
    "Expression", "FeelLimit", "FeelSyntaxError", "MonthsDuration", "Range", "UnaryTests", "compile_expression",
    "compile_unary_tests",
]
