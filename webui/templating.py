"""How templates read values: a key of a mapping is a key, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask.templating import Environment


class Templates(Environment):
    """Flask's own, but for one thing: where a mapping has no such key, Jinja would take its attribute of that name. Keys come from SOPs and
    forms, and one may be called `items` or `__class__`."""

    def getitem(self, obj: Any, argument: Any) -> Any:
        """What stands under the key, or undefined."""
        if not isinstance(obj, Mapping):
            return super().getitem(obj, argument)
        try:
            return obj[argument]
        except (LookupError, TypeError):
            return self.undefined(obj=obj, name=argument)
