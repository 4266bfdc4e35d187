"""How a stored value is shown to people: instants in their zone, words in place of a program's, nothing as a dash."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from portal.kit.claims.dataset import Field
from portal.kit.formats import day, instant
from portal.kit.i18n import _

NOTHING = "–"


def shown_row(fields: Sequence[Field], row: Sequence[Any], *, zone: str) -> list[str]:
    """Return a row as people read it, in the language that is spoken now."""
    return [shown(value, field, zone=zone) for field, value in zip(fields, row, strict=True)]


def shown(value: Any, field: Field, *, zone: str) -> str:
    """Return one value as people read it."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if not isinstance(value, list | dict) and value in field.words:
        return str(field.words[value])
    return _plain(value, zone)


def _plain(value: Any, zone: str) -> str:
    match value:
        case None:
            return NOTHING
        case bool():
            return str(_("Yes") if value else _("No"))
        case datetime():
            return str(instant(value, zone))
        case date():
            return day(value, zone)
        case dict():
            return " · ".join(f"{name}: {_plain(each, zone)}" for name, each in value.items())
        case list():
            return " · ".join(_plain(each, zone) for each in value)
        case bytes():
            return value.hex()
    return str(value)
