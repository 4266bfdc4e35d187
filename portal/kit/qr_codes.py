"""QR codes, drawn as a picture in the page itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

BORDER = 4


@dataclass(frozen=True)
class QrCode:
    """A code as an SVG picture: the path of its dark modules, one unit a module, and how many there are on a side."""

    path: str
    size: int


def draw(text: str, *, error: str = "m") -> QrCode:
    """Draw a text, with so much room for damage (ISO/IEC 18004: l, m, q or h)."""
    # Here: few people need one, and each process would hold what draws it.
    import segno

    code = segno.make(text, error=error, micro=False)
    rows = enumerate(code.matrix_iter(border=BORDER))
    path = "".join(f"M{x} {y}h{long}v1h-{long}z" for y, row in rows for x, long in _dark(row))
    return QrCode(path, int(code.symbol_size(border=BORDER)[0]))


def _dark(row: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield where each run of dark modules begins in a row, and how long it is."""
    for is_dark, run in groupby(enumerate(row), key=lambda each: each[1]):
        if is_dark:
            places = [x for x, _dark in run]
            yield places[0], len(places)
