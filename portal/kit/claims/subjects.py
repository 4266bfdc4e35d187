"""Whose data: subjects, and how the rows that are about them are found."""

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, false, or_

from portal.kit.email_address import lookup_key


@dataclass(frozen=True)
class Subject:
    """Whose data: a person's id, the lookup keys of the addresses that are proven to be theirs, or both.

    Raises ValueError for an address that is not its own key: no spelling ever reaches a claim (P28).
    """

    person_id: uuid.UUID | None = None
    email_keys: frozenset[str] = field(default=frozenset(), repr=False)

    def __post_init__(self) -> None:
        if any(lookup_key(each) != each for each in self.email_keys):
            raise ValueError("a subject holds lookup keys of addresses: make it by Subject.of")

    @classmethod
    def of(cls, person_id: uuid.UUID | None = None, *, emails: Iterable[str] = ()) -> Self:
        """Return the subject with these addresses, however they are spelled."""
        return cls(person_id, frozenset(map(lookup_key, emails)))


Whose = Callable[[Collection[Subject]], ColumnElement[bool]]
"""Returns the clause for the rows that are about any of some subjects; for none of them, nobody's."""


def of_subjects(*, person: Any = None, email: Any = None, email_only_if: ColumnElement[bool] | None = None) -> Whose:
    """Find rows by the column that holds a person's id, by the one that holds an address's lookup key, or by either.

    `email_only_if` limits what is found by the address alone: a typed address proves nothing against an account's id.
    """

    def whose(subjects: Collection[Subject]) -> ColumnElement[bool]:
        ids = [each.person_id for each in subjects if each.person_id]
        keys = sorted({key for each in subjects for key in each.email_keys})
        clauses: list[ColumnElement[bool]] = []
        if person is not None and ids:
            clauses.append(person.in_(ids))
        if email is not None and keys:
            typed = email.in_(keys)
            clauses.append(typed if email_only_if is None else and_(email_only_if, typed))
        return or_(*clauses) if clauses else false()

    return whose
