"""What disabling holds of whom."""

from typing import Any

from portal.disabling import words
from portal.disabling.models import RULES, STATES, Disabling
from portal.kit.actor import Role
from portal.kit.claims import (
    BlankColumns,
    DataClaim,
    Ground,
    Party,
    RetainFor,
    Table,
    of_subjects,
    personal,
    staff_may,
    technical,
)
from portal.kit.i18n import _l

_THEIRS = _l("It’s the ID of a member of our team.")


def _of_staff(column: Any, *, name: str, what: Any, at: str) -> Party:
    return Party(
        of_subjects(person=column),
        on_erasure=BlankColumns({column.key: None}, _l("The decision stays. Your account’s ID is removed from it.")),
        name=name,
        what=what,
        shows={"rule": _l("Rule"), at: _l("When"), column.key: _l("Your account’s ID")},
        withheld=_l("It’s about someone else."),
    )


CLAIM = DataClaim(
    area="disabling",
    title=_l("Disabled accounts"),
    words=words.AREA_WORDS,
    tables=[
        Table(
            Disabling,
            what=_l("Decisions to disable your account"),
            parties=[
                Party(of_subjects(person=Disabling.person_id)),
                _of_staff(
                    Disabling.proposed_by,
                    name="proposer",
                    what=_l("Accounts you proposed to disable, as a member of our team"),
                    at="proposed_at",
                ),
                _of_staff(
                    Disabling.decided_by,
                    name="decider",
                    what=_l("Decisions about disabling that you made, as a member of our team"),
                    at="decided_at",
                ),
                _of_staff(
                    Disabling.answered_by,
                    name="answerer",
                    what=_l("Appeals you answered, as a member of our team"),
                    at="answered_at",
                ),
            ],
            purpose=_l("To stop a breach of the Terms, and to let whoever it concerns know why and appeal."),
            ground=Ground.LEGITIMATE_INTEREST,
            retention=RetainFor("disabling", since="ended_at"),
            by_person=("appeal",),
            by_staff=[
                staff_may(
                    Role.SENIOR,
                    why=_l("Two senior members of our team decide it together, and one answers an appeal or lifts it."),
                    adds=True,
                    changes=("state", "decided_by", "decided_at", "answer", "answered_by", "answered_at", "ended_at"),
                )
            ],
            columns={
                "id": technical(_l("ID")),
                "person_id": personal(_l("Your account’s ID")),
                "state": technical(_l("State"), words=STATES),
                "rule": technical(_l("Rule"), words=RULES),
                "reason": personal(_l("What happened"), correctable=True),
                "proposed_by": personal(_l("ID of whoever proposed it"), withheld=_THEIRS),
                "proposed_at": technical(_l("Proposed")),
                "decided_by": personal(_l("ID of whoever decided it"), withheld=_THEIRS),
                "decided_at": technical(_l("Decided")),
                "appeal": personal(_l("Your appeal")),
                "appealed_at": technical(_l("Appealed")),
                "answer": personal(_l("Our answer")),
                "answered_by": personal(_l("ID of whoever answered it"), withheld=_THEIRS),
                "answered_at": technical(_l("Answered")),
                "ended_at": technical(_l("Declined or lifted")),
            },
        )
    ],
)
