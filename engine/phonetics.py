"""How Indonesian names sound, so that one person spelt in two ways is found once. A proposal of ours: no source states such rules.

Old and new spelling (Soeharto, Suharto; Djoko, Joko), Arabic names (Achmad, Ahmad; Fatimah, Fatima), doubled letters and the many
Muhammads fall together. A key is for finding only: what is found is looked at by a person.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Written before, after or between names, and no name.
_TITLES: Final = frozenset("""bin binti bt bte alias almarhum almarhumah alm h hj haji hajah dr drg drs dra ir prof sh se spd ssos st mm
    ny nn tn bapak ibu pak bu sdr sdri kh ust ustadz ustadzah""".split())
_MUHAMMAD: Final = re.compile(r"m(?:oh|uh|oc?h?am+[ae]d|uc?h?am+[ae][dt]|ohd|uhd|hd|d|oechamm?ad)?")
#: In this order: old spelling first, since "tj" would else be read letter by letter.
_SOUNDS: Final = (
    ("oe", "u"), ("tj", "c"), ("dj", "j"), ("nj", "ny"), ("sj", "sy"), ("ch", "h"), ("kh", "h"), ("sy", "s"), ("sh", "s"), ("ph", "f"),
    ("th", "t"), ("dh", "d"), ("dz", "z"), ("gh", "g"), ("ck", "k"), ("q", "k"), ("x", "ks"), ("v", "f"), ("z", "s"), ("ie", "i"),
    ("y", "i"), ("ii", "i"))
_DOUBLED: Final = re.compile(r"(.)\1+")
_LAST: Final = ((re.compile(r"(?<=[aeiou])h$"), ""), (re.compile(r"d$"), "t"), (re.compile(r"b$"), "p"))


def words(name: str) -> frozenset[str]:
    """The sounds of a name's words, without titles; a single letter says too little to be one."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if c.isalpha() or c.isspace() or c in ".,'-’")
    parts = re.sub(r"[.,\-]", " ", plain.replace("'", "").replace("’", "")).split()
    return frozenset(sounded for part in parts if part not in _TITLES and len(sounded := sound(part)) > 1)


def sound(word: str) -> str:
    """How one word sounds: equal for spellings that are one name."""
    if _MUHAMMAD.fullmatch(word):
        return "muhamat"
    for written, spoken in _SOUNDS:
        word = word.replace(written, spoken)
    word = _DOUBLED.sub(r"\1", word)
    for ending, spoken in _LAST:
        word = ending.sub(spoken, word)
    return word
