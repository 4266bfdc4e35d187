"""Time zones to choose from: each once, by the name that its country goes by, with what it is ahead of UTC today.

The names are those of the time zone database (RFC 6557), which also lists what each was called before and which zones
keep the same time from now on. A name of before, as an older account or a browser says it, is taken for that of now.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from portal.kit import clock
from portal.kit.i18n import Place, _

UTC_ZONE = "UTC"


def _lines(table: str) -> list[str]:
    text = files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def _listed(table: str) -> frozenset[str]:
    # The machine's own database may be older than the list.
    return frozenset(line.split("\t")[2] for line in _lines(table)) & available_timezones()


ZONES = (UTC_ZONE, *sorted(_listed("zone.tab")))
"""Every zone that has a name of now."""
DISTINCT = (UTC_ZONE, *sorted(_listed("zonenow.tab").intersection(ZONES)))
"""One of those that keep the same time from now on: few enough to be offered where nobody is known yet."""
_KNOWN = frozenset(ZONES)


@cache
def _names_of_before() -> dict[str, str]:
    """Return each name that a zone had before, with the one that it links to."""
    links = (line.split() for line in _lines("tzdata.zi") if line.startswith("L "))
    return {before: now for _link, now, before in links}


def canonical(zone: str | None) -> str:
    """Return a zone by its name of now; "" for what is none."""
    name = zone or ""
    for _step in range(3):
        if name in _KNOWN:
            return name
        name = _names_of_before().get(name, "")
    return UTC_ZONE if zone in ("Etc/UTC", "Etc/UCT", "Etc/GMT", "GMT") else ""


class Offered:
    """A zone as it is offered: its place in the reader's language, and what it is ahead of UTC today."""

    def __init__(self, zone: str) -> None:
        self.zone = zone

    def __str__(self) -> str:
        if self.zone == UTC_ZONE:
            return UTC_ZONE
        return _("%(place)s (%(offset)s)", place=Place(self.zone), offset=offset(self.zone, clock.today()))


def offered(zones: Iterable[str]) -> Iterator[tuple[str, Offered]]:
    """Yield zones as a choice offers them."""
    for zone in zones:
        yield zone, Offered(zone)


def offset(zone: str, day: date) -> str:
    """Return what a zone is ahead of UTC at noon of a day: UTC+5:30. It is read anew each time, and not kept."""
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    ahead = noon.astimezone(ZoneInfo.no_cache(zone)).utcoffset() or timedelta()
    hours, minutes = divmod(abs(ahead) // timedelta(minutes=1), 60)
    sign = "−" if ahead < timedelta() else "+"
    return f"UTC{sign}{hours}:{minutes:02}" if minutes else f"UTC{sign}{hours}"
