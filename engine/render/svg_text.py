"""Words on a drawing: escaping, wrapping to a width, lines of text as SVG."""

from __future__ import annotations

from html import escape as _escape

FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"
LEADING = 1.2
_LONGEST = 400       # characters of one label; the rest is told by an ellipsis
_NARROW = frozenset("iljtfr.,:;'|!()[]/ I-")
_WIDE = frozenset("mwMW@%&")


def safe(text: str) -> str:
    """Text for markup and attributes: escaped, without characters XML cannot hold."""
    kept = "".join(
        c for c in text if (c >= " " or c in "\t\n\r") and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff"
    )
    return _escape(kept, quote=True)


def width_of(text: str, size: float) -> float:
    """About how wide a text is. A little too wide on purpose: fonts differ between machines."""
    return size * sum(
        0.32 if c in _NARROW else 0.9 if c in _WIDE else 0.7 if c.isupper() else 1.0 if ord(c) > 0x2E7F else 0.57
        for c in text
    )


def wrap(text: str, width: float, size: float, most_lines: int) -> list[str]:
    """The text in lines no wider than `width`; what does not fit into `most_lines` ends in an ellipsis."""
    was_cut = len(text) > _LONGEST
    lines: list[str] = []
    line = ""
    for piece in (piece for word in text[:_LONGEST].split() for piece in _pieces(word, width, size)):
        longer = f"{line} {piece}" if line else piece
        if line and width_of(longer, size) > width:
            lines.append(line)
            line = piece
        else:
            line = longer
    lines += [line] if line else []
    most_lines = max(most_lines, 1)
    if len(lines) > most_lines or was_cut:
        lines = lines[:most_lines]
        last = lines[-1] if lines else ""
        while last and width_of(f"{last}…", size) > width:
            last = last[:-1]
        lines[-1:] = [f"{last.rstrip()}…"]
    return lines


def fit(text: str, width: float, height: float, *, largest: float = 12, smallest: float = 9) -> tuple[list[str], float]:
    """Lines and font size that fill a box: the largest size at which everything fits, else the smallest, cut."""
    size = largest
    while True:
        most = int(height // (size * LEADING))
        lines = wrap(text, width, size, 1_000)
        if (len(lines) <= most and len(text) <= _LONGEST) or size <= smallest:
            return wrap(text, width, size, most), size
        size -= 1


def block(lines: list[str], x: float, y: float, size: float, *, anchor: str = "middle", is_outside: bool = False) -> str:
    """Lines of text, `y` being the top of the first; outside a shape they have a halo, since lines pass there."""
    if not lines:
        return ""
    first = y + size * 0.95
    spans = "".join(
        f'<tspan x="{x:.5g}" y="{first + n * size * LEADING:.6g}">{safe(line)}</tspan>' for n, line in enumerate(lines)
    )
    css = "label outside surface-line" if is_outside else "label"
    halo = ' stroke="#fff" stroke-width="3" stroke-linejoin="round" paint-order="stroke"' if is_outside else ""
    return f'<text class="{css}" font-size="{size:g}" text-anchor="{anchor}" fill="currentColor"{halo}>{spans}</text>'


def _pieces(word: str, width: float, size: float) -> list[str]:
    """A word, broken where it is wider than the line: an address, say."""
    pieces: list[str] = []
    piece = ""
    for c in word:
        if piece and width_of(piece + c, size) > width:
            pieces.append(piece)
            piece = ""
        piece += c
    return [*pieces, piece]
