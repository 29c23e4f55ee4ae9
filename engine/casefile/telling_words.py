"""Words that speak of HIV, in whatever text they stand."""

from __future__ import annotations

import re
from typing import Final

HIV_WORDS: Final = re.compile(r"\b(?:hiv|aids|odha|odhiv|vct|arv|antiretroviral)\b", re.IGNORECASE)
