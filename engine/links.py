"""Where a link of a paper or page may lead."""

from __future__ import annotations

from typing import Final

#: Beginnings of an address that opens a page, a mail or a call, and runs or reads nothing. One regular expression for Python and Typst.
HARMLESS: Final = "^(?i:https?://|mailto:|tel:)"
