"""How large a FEEL text and one evaluation of it may grow (design 6: bounded in size and steps)."""

from __future__ import annotations

SOURCE_LENGTH = 20_000     # characters of one expression
NESTING = 32               # brackets, calls, conditionals inside one another
TREE_DEPTH = 100           # nodes inside one another once read, chains of comparisons and paths included
NODES = 5_000              # nodes read from one text, those of abandoned readings included
STEPS = 500_000            # one evaluation: every node, every list element and every 64 characters of text count one
LIST_LENGTH = 20_000       # elements of any list an evaluation makes
TEXT_LENGTH = 100_000      # characters of any text an evaluation makes
CALL_DEPTH = 200           # nodes inside one another over all functions being called at once
VALUE_DEPTH = 60           # lists and contexts inside one another in a value
