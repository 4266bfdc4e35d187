"""Whose data: subjects, and how the rows that are about them are found."""

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self, cast

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, false, or_, true

from portal.kit.claims.counting import first
from portal.kit.email_address import lookup_key


@dataclass(frozen=True)
class FormerEmail:
    """An address that was somebody's until an instant: what is newer may be of whoever reads that mailbox now."""

    key: str = field(repr=False)
    until: datetime


@dataclass(frozen=True)
class Subject:
    """Whose data: a person's id, the lookup keys of the addresses that are proven to be theirs or were so, or all of it.

    Raises ValueError for an address that is not its own key: no spelling ever reaches a claim (P28).
    """

    person_id: uuid.UUID | None = None
    email_keys: frozenset[str] = field(default=frozenset(), repr=False)
    former_emails: frozenset[FormerEmail] = frozenset()

    def __post_init__(self) -> None:
        keys = [*self.email_keys, *(former.key for former in self.former_emails)]
        if any(lookup_key(each) != each for each in keys):
            raise ValueError("a subject holds lookup keys of addresses: make it by Subject.of")

    @classmethod
    def of(
        cls,
        person_id: uuid.UUID | None = None,
        *,
        emails: Iterable[str] = (),
        former: Iterable[tuple[str, datetime]] = (),
    ) -> Self:
        """Return the subject with these addresses, however they are spelled; `former` ones each with its last instant."""
        keys = frozenset(map(lookup_key, emails))
        before = {FormerEmail(lookup_key(address), until) for address, until in former}
        return cls(person_id, keys, frozenset(each for each in before if each.key not in keys))


class AnyOne:
    """A subject that is named when a statement runs, and not when it is built. Known is how many former addresses it has.

    `most_parents` bounds the rows through which others are found, where a page only counts.
    """

    def __init__(self, *, former_emails: int, most_parents: int | None = None) -> None:
        self.former_emails, self.most_parents = former_emails, most_parents
        self._reads: dict[str, Callable[[Subject], Any]] = {}

    def place(self, column: Any, read: Callable[[Subject], Any], *, expanding: bool = False) -> BindParameter[Any]:
        """Return the place in a statement for what `read` takes from the subject."""
        name = f"of_subject_{len(self._reads)}"
        self._reads[name] = read
        return bindparam(name, type_=column.type, expanding=expanding)

    def values(self, subject: Subject) -> dict[str, Any]:
        """Return what goes into the places for this subject."""
        return {name: read(subject) for name, read in self._reads.items()}


Subjects = Collection[Subject] | AnyOne
Whose = Callable[[Subjects], ColumnElement[bool]]
"""Returns the clause for the rows that are about any of some subjects; for none of them, nobody's."""


def among(column: Any, subjects: Subjects, read: Callable[[Subject], Iterable[Any]]) -> ColumnElement[bool]:
    """Return the clause for the rows whose `column` is one of the values that `read` takes from the subjects."""
    if isinstance(subjects, AnyOne):
        place = subjects.place(column, lambda subject: list(read(subject)), expanding=True)
        return cast("ColumnElement[bool]", column.in_(place))
    found = sorted({value for each in subjects for value in read(each)})
    return column.in_(found) if found else false()


def by_email(
    subjects: Subjects, *, email: Any, since: Any, read: Callable[[str], Iterable[Any]] = lambda key: (key,)
) -> ColumnElement[bool]:
    """Return the clause for the rows with an address of the subjects, or with a former one from while it was theirs.

    `email` is the column with what `read` makes of an address's lookup key, `since` the one that says from when a row is.
    """
    found = [among(email, subjects, lambda subject: (each for key in subject.email_keys for each in read(key)))]
    if isinstance(subjects, AnyOne):
        found += [_left(subjects, number, email, since, read) for number in range(subjects.former_emails)]
    else:
        for former in sorted({one for each in subjects for one in each.former_emails}, key=_by_key):
            found.append(and_(email.in_(list(read(former.key))), since <= former.until))
    return or_(*found)


def _left(anyone: AnyOne, number: int, email: Any, since: Any, read: Callable[[str], Iterable[Any]]) -> ColumnElement[bool]:
    def former(subject: Subject) -> FormerEmail:
        return sorted(subject.former_emails, key=_by_key)[number]

    values = anyone.place(email, lambda subject: list(read(former(subject).key)), expanding=True)
    return and_(email.in_(values), since <= anyone.place(since, lambda subject: former(subject).until))


def _by_key(former: FormerEmail) -> tuple[str, datetime]:
    return former.key, former.until


def of_subjects(
    *, person: Any = None, email: Any = None, since: Any = None, email_only_if: ColumnElement[bool] | None = None
) -> Whose:
    """Find rows by the column that holds a person's id, by the one that holds an address's lookup key, or by either.

    `since` is the column that says from when a row with an address is: one that is younger than an address's time with
    the subject is not theirs. `email_only_if` limits what is found by the address alone: a typed address proves nothing
    against an account's id. Raises ValueError for an address without `since`.
    """
    if email is not None and since is None:
        raise ValueError("rows that are found by an address say from when they are")

    def whose(subjects: Subjects) -> ColumnElement[bool]:
        clauses = [] if person is None else [among(person, subjects, person_ids)]
        if email is not None:
            found = by_email(subjects, email=email, since=since)
            clauses.append(found if email_only_if is None else and_(email_only_if, found))
        return or_(*clauses)

    return whose


def nobodys(column: Any) -> ColumnElement[bool]:
    """Return the clause for the rows of nobody with an account, in words that no index answers.

    There are very many: SQLite would rather look through all of them by the index of `column` than for one address.
    """
    return cast("ColumnElement[bool]", column.is_(None).is_(true()))


def parents(column: Any, where: ColumnElement[bool], subjects: Subjects, *, newest: Any = None) -> Select[Any]:
    """Return a column of the subjects' rows through which others are found: of all, or of as many as a page looks through.

    The party whose rows are found through them says so (`Party.through`).
    """
    most = subjects.most_parents if isinstance(subjects, AnyOne) else None
    return first(most, column, of=column.table, where=where, newest=newest)


def person_ids(subject: Subject) -> tuple[uuid.UUID, ...]:
    """Return the subject's id, where it has one."""
    return (subject.person_id,) if subject.person_id else ()
