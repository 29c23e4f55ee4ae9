"""The built-in functions of FEEL (DMN 1.4, chapter 10.3.4), by subject."""

from engine.feel.functions import contexts, conversion, lists, numbers, ranges, statistics, temporals, texts
from engine.feel.functions.signature import functions_of

BUILTINS = functions_of([
    conversion.BUILTINS, texts.BUILTINS, lists.BUILTINS, statistics.BUILTINS, numbers.BUILTINS, temporals.BUILTINS,
    ranges.BUILTINS, contexts.BUILTINS,
])

#: Names with spaces that the reader must know beside the functions: properties of values.
PROPERTIES = ("time offset", "start included", "end included")

__all__ = ["BUILTINS", "PROPERTIES"]
