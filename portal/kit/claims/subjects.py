"""Whose data: subjects, and how the rows that are about them are found."""

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, false, or_

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


Whose = Callable[[Collection[Subject]], ColumnElement[bool]]
"""Returns the clause for the rows that are about any of some subjects; for none of them, nobody's."""


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

    def whose(subjects: Collection[Subject]) -> ColumnElement[bool]:
        ids = [each.person_id for each in subjects if each.person_id]
        clauses: list[ColumnElement[bool]] = [person.in_(ids)] if person is not None and ids else []
        if email is not None:
            clauses += _by_email(subjects, email=email, since=since, only_if=email_only_if)
        return or_(*clauses) if clauses else false()

    return whose


def _by_email(
    subjects: Collection[Subject], *, email: Any, since: Any, only_if: ColumnElement[bool] | None
) -> list[ColumnElement[bool]]:
    keys = sorted({key for each in subjects for key in each.email_keys})
    former = sorted({(one.key, one.until) for each in subjects for one in each.former_emails})
    found = [email.in_(keys)] if keys else []
    found += [and_(email == key, since <= until) for key, until in former]
    return found if only_if is None else [and_(only_if, each) for each in found]
