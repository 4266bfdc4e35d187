"""How a stored value is shown to people: instants in their zone, words in place of a program's, nothing as a dash."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from portal.kit.claims.dataset import Field
from portal.kit.claims.gathered import Words
from portal.kit.formats import day, instant
from portal.kit.i18n import _, listed

NOTHING = "–"


def shown_row(fields: Sequence[Field], row: Sequence[Any], *, zone: str) -> list[str]:
    """Return a row as people read it, in the language that is spoken now."""
    by_name = {field.name: value for field, value in zip(fields, row, strict=True)}
    return [shown(by_name[field.name], field, zone=zone, row=by_name) for field in fields]


def shown(value: Any, field: Field, *, zone: str, row: Mapping[str, Any] | None = None) -> str:
    """Return one value as people read it."""
    words = field.row_words(row) if field.row_words and row else field.words
    return _said(value, words, zone)


def _said(value: Any, words: Words, zone: str, of: str = "") -> str:
    """Return a value in words; `of` is the name of the fact that it is of."""
    if value is None or value in ("", [], {}):
        return NOTHING
    match value:
        case bool():
            return str(_("Yes") if value else _("No"))
        case str():
            return str(words.get((of, value) if of else value, value))
        case datetime():
            return str(instant(value, zone))
        case date():
            return day(value, zone)
        case dict():
            return " · ".join(f"{words.get(name, name)}: {_said(each, words, zone, name)}" for name, each in value.items())
        case list():
            return listed(_said(each, words, zone, of) for each in value)
        case bytes():
            return value.hex()
    return str(value)
