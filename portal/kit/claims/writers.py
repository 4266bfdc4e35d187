"""Who may write a column: its person, an Owner, the portal itself; and staff, to whom nothing is allowed by default (P09).

A right of staff stands with its table, under its reason. Whatever no right names is refused to them (`kit/staff_writes`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from portal.kit.actor import Role
from portal.kit.claims.retention import Sentence
from portal.kit.i18n import _l


class Writer(StrEnum):
    """Who writes, besides staff."""

    PERSON = "person"
    OWNER = "owner"
    SYSTEM = "system"


@dataclass(frozen=True)
class StaffRight:
    """What staff in some roles may do with the rows of one table, and why."""

    roles: frozenset[Role]
    why: Sentence
    changes: frozenset[str] = frozenset()
    """Columns of rows that are there."""
    empties: frozenset[str] = frozenset()
    """Columns of rows that are there, whose text may go and no other come."""
    adds: bool = False
    deletes: bool = False

    @property
    def columns(self) -> frozenset[str]:
        """Every column of rows that are there in which something is written."""
        return self.changes | self.empties


def staff_may(
    *roles: Role,
    why: Sentence,
    changes: Collection[str] = (),
    empties: Collection[str] = (),
    adds: bool = False,
    deletes: bool = False,
) -> StaffRight:
    """List what staff in these roles may write; `why` is a sentence for whoever the rows are about."""
    return StaffRight(frozenset(roles), why, frozenset(changes), frozenset(empties), adds, deletes)


def recorded_by_staff(why: Sentence, *, changes: Collection[str] = (), deletes: bool = False) -> StaffRight:
    """List what anybody's page writes for itself, a member of staff's too: the portal's own bookkeeping."""
    return staff_may(*Role, why=why, changes=changes, adds=True, deletes=deletes)


def corrected_by_staff(columns: Collection[str]) -> StaffRight:
    """List columns that are corrected once that was asked for and decided (P26)."""
    why = _l("Our privacy staff make a correction that was asked for and decided.")
    return staff_may(Role.PRIVACY, Role.SENIOR, why=why, changes=columns)
