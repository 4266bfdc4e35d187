"""What is written after the answer has gone out, so that a page takes as long for a stranger as for a customer.

And the removal of lost factors, whose day comes by itself.
"""

import uuid
from contextlib import suppress
from datetime import datetime

from portal.accounts import service
from portal.kit.job_kinds import job
from portal.kit.refusals import NotFound


@job("accounts.note_failed_sign_in")
def note_failed_sign_in(
    *, person_id: str, device: str, failed_at: str, wrong: str = "code", session_id: str = "", visit_id: str = ""
) -> None:
    """Count a failed sign-in in the history of a person, if there is such a person."""
    failed = service.FailedTry(
        device,
        datetime.fromisoformat(failed_at),
        service.Wrong(wrong),
        session_id=uuid.UUID(session_id) if session_id else None,
        visit_id=uuid.UUID(visit_id) if visit_id else None,
    )
    service.note_failure(uuid.UUID(person_id), failed=failed)


@job("accounts.write_to_sign_up")
def write_to_sign_up(*, sign_up_id: str) -> None:
    """Write the email of a sign-up."""
    service.write_email(uuid.UUID(sign_up_id))


@job("accounts.continue_removals", schedule="32 * * * *", is_sweep=True)
def continue_removals() -> None:
    """Have the removals of lost factors gone on with whose reminder or day has come."""
    service.enqueue_due_removals()


@job("accounts.continue_removal")
def continue_removal(*, removal_id: str) -> None:
    """Remind of the removal of a lost factor, or carry it out."""
    service.continue_removal(uuid.UUID(removal_id))


@job("accounts.delete_history")
def delete_history(*, person_id: str, until: str) -> None:
    """Delete the next batch of a history that its person had deleted."""
    service.delete_some_history(uuid.UUID(person_id), until=datetime.fromisoformat(until))


@job("accounts.reset_staff_factor", staff_may_order=True)
def reset_staff_factor(*, person_id: str) -> None:
    """Remove a lost second factor of a member of staff, as an operator has ordered; not of anybody else."""
    with suppress(NotFound, service.FactorFromBefore):
        service.reset_factor(uuid.UUID(person_id))


JOBS = (
    note_failed_sign_in,
    write_to_sign_up,
    continue_removals,
    continue_removal,
    delete_history,
    reset_staff_factor,
)
