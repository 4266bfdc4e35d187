"""Seeing the data itself: part by part, small lines whole, of large ones the newest entries and a way to all."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from portal.accounts import service as accounts
from portal.kit.actor import Actor
from portal.kit.claims import MOST_COUNTED, Holding, RegisterRow, entries, register, shown_row
from portal.kit.claims.entries import Entries
from portal.kit.refusals import NotFound
from portal.privacy.models import Statement
from portal.privacy.service.statements import ByRecord, Stated, statements_of

FIRST_PART = "accounts"
"""The part that is open first: what one knows best."""
WHOLE = 5
"""A line with so many entries is shown whole."""
NEWEST = 3
"""How many entries are shown of one that has more."""
PAGE = 25


@dataclass(frozen=True)
class Shown:
    """Entries in words: what differs from one to the next in columns, and what stands in each of them said once."""

    columns: list[str]
    rows: list[list[str | datetime]]
    in_each: list[tuple[str, str | datetime]]
    keys: Sequence[uuid.UUID | None]
    """By which each of them is found again."""
    stated: Sequence[Sequence[Stated]] = ()
    """What the person says of each of them."""
    after: str | None = None


@dataclass(frozen=True)
class HeldLine:
    """A line of the register with what it holds: why, how long, and what of it is never shown and why."""

    row: RegisterRow
    count: int | None
    withheld: list[tuple[str, str]]
    shown: Shown
    is_whole: bool
    is_correctable: bool = False
    """Whether our team corrects something in it; the account itself is corrected by its person, at once."""


@dataclass(frozen=True)
class PartSize:
    """A part of the register, and how many entries it holds about somebody; one more than are counted says: more."""

    area: str
    title: str
    count: int


@dataclass(frozen=True)
class HeldPart:
    """One part with its data: the lines that hold something, and those that hold nothing."""

    area: str
    title: str
    parts: list[PartSize]
    lines: list[HeldLine]
    empty: list[str]
    undisclosed: list[tuple[str, str]]


def held_part_for(actor: Actor, area: str) -> HeldPart:
    """Return what one part of the register holds about the actor. Raises NotFound for a part that there is not."""
    subject = accounts.subject_for(actor)
    counted = {row.name: (row, count) for row, count in register().held(subject)}
    parts = _sizes({name: count for name, (_row, count) in counted.items()})
    title = next((each.title for each in parts if each.area == area), None)
    if title is None:
        raise NotFound
    here = [line for line in register().lines() if line.claim.area == area]
    held = [line for line in here[::-1] if counted[line.name][1] != 0]
    lines = []
    said_of = statements_of(subject) if counted[Statement.__tablename__][1] else {}
    for line in held:
        row, count = counted[line.name]
        found = entries.newest(line, subject, most=WHOLE)
        is_whole = len(found.rows) <= WHOLE
        said = _with_statements(_said(found, actor, most=None if is_whole else NEWEST), line, said_of)
        lines.append(HeldLine(row, count, _withheld(line), said, is_whole, _is_correctable(line)))
    return HeldPart(
        area=area,
        title=title,
        parts=parts,
        lines=lines,
        empty=[line.what for line in here if line not in held],
        undisclosed=[(row.what, why) for row, why in register().undisclosed() if row.area == area],
    )


def held_line_for(actor: Actor, name: str, *, area: str, after: str | None) -> HeldLine:
    """Return a page of all that one line holds about the actor, newest first.

    Raises NotFound for a line that is not in this part or is shown to nobody, and for a word not ours.
    """
    line = next((each for each in register().lines() if (each.claim.area, each.name) == (area, name)), None)
    if line is None:
        raise NotFound
    subject = accounts.subject_for(actor)
    found = entries.page(line, subject, after=after, size=PAGE)
    said = _with_statements(_said(found, actor), line, statements_of(subject))
    return HeldLine(line.row(), None, _withheld(line), said, False, _is_correctable(line))


def _sizes(counts: dict[str, int | None]) -> list[PartSize]:
    beyond = MOST_COUNTED + 1
    by_area = groupby(register().lines()[::-1], key=lambda line: line.claim)
    sizes = [
        PartSize(
            claim.area,
            str(claim.title),
            min(beyond, sum(beyond if (count := counts[line.name]) is None else count for line in lines)),
        )
        for claim, lines in by_area
    ]
    return sorted(sizes, key=lambda each: each.area != FIRST_PART)


def _withheld(line: Holding) -> list[tuple[str, str]]:
    return [(str(each.label), str(each.withheld)) for each in line.columns.values() if each.withheld and each.label]


def _is_correctable(line: Holding) -> bool:
    return bool(line.correctable) and not line.table.is_anchor


def _said(found: Entries, actor: Actor, *, most: int | None = None) -> Shown:
    rows = [_told(found, row, actor.time_zone) for row in found.rows[:most]]
    labels = [field.label for field in found.fields]
    same = [len(rows) > 1 and _all_alike([row[at] for row in rows]) for at in range(len(labels))]
    return Shown(
        columns=[label for at, label in enumerate(labels) if not same[at]],
        rows=[[value for at, value in enumerate(row) if not same[at]] for row in rows],
        in_each=[(label, rows[0][at]) for at, label in enumerate(labels) if same[at]],
        keys=found.keys[:most],
        after=found.after,
    )


def _with_statements(said: Shown, line: Holding, said_of: ByRecord) -> Shown:
    return replace(said, stated=[said_of.get((line.name, key), ()) if key else () for key in said.keys])


def _told(found: Entries, row: Sequence[Any], zone: str) -> list[str | datetime]:
    """Return a row in words; of an instant the page itself says how long ago it was."""
    said = shown_row(found.fields, row, zone=zone)
    return [raw if isinstance(raw, datetime) else words for raw, words in zip(row, said, strict=True)]


def _all_alike(values: Sequence[str | datetime]) -> bool:
    return len(set(values)) == 1
