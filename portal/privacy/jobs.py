"""Background verbs of rights, and their schedule."""

import uuid
from collections.abc import Callable

from portal.jobs import service as jobs
from portal.kit import db, outgoing, rotation, throttle
from portal.kit.claims import register
from portal.kit.job_kinds import job
from portal.kit.unit import release_connection
from portal.privacy import service
from portal.products.service import Message


@job("privacy.build_export", slow=True, staff_may_order=True)
def build_export(*, export_id: str) -> Callable[[], None] | None:
    """Ask product systems for their part without holding a transaction, then build the file of a copy."""
    of = uuid.UUID(export_id)
    calls = list(service.product_calls(of))
    release_connection()
    return service.build(of, products=[service.product_copy(system, answer=_asked(message)) for system, message in calls])


@job("privacy.build_leaving_pack", slow=True)
def build_leaving_pack(*, pack_id: str) -> Callable[[], None] | None:
    """Build the file of an organisation's leaving pack."""
    return service.build_pack(uuid.UUID(pack_id))


def _asked(message: Message | None) -> outgoing.Answer | None:
    jobs.progress(0, 0)
    try:
        return outgoing.post(message.url, message.body, headers=message.headers) if message else None
    except (outgoing.CallFailed, outgoing.HostRefused):
        return None


@job("privacy.begin_due", schedule="2 * * * *", is_sweep=True)
def begin_due() -> None:
    """Begin the deletions whose time to undo is over, a bounded number at once."""
    if service.begin_due():
        jobs.enqueue("privacy.begin_due")


@job("privacy.erase", slow=True, staff_may_order=True)
def erase(*, deletion_id: str, start: str = "", files: str = "") -> Callable[[], None]:
    """Carry out one piece of a deletion, in the lines named by `start`, else in all where there is something to do.

    What it has to look for, it looks for before it writes; whoever waits to write meanwhile goes first.
    """
    of = uuid.UUID(deletion_id)
    lines = start.split() or service.erasable_lines(of)
    release_connection()
    db.let_others_write()
    return lambda: service.erase_some(of, lines=lines, files=files)


@job("privacy.remove_files")
def remove_files(*, files: str) -> None:
    """See that the files of the last piece of a deletion are gone."""
    service.remove_files(files)


@job("privacy.call_vendor", slow=True, staff_may_order=True)
def call_vendor(*, step_id: str) -> Callable[[], None] | None:
    """Have a vendor erase what a step of a deletion names."""
    return service.call_vendor(uuid.UUID(step_id))


@job("privacy.name_late_steps", schedule="32 * * * *")
def name_late_steps() -> None:
    """Tell of steps that nobody has confirmed for too long, a bounded number at once."""
    if service.name_late_steps():
        jobs.enqueue("privacy.name_late_steps")


@job("privacy.purge_free_space", slow=True, schedule="42 * * * *", is_sweep=True)
def purge_free_space() -> None:
    """Clear away what deleted rows leave behind in the database's files."""
    release_connection()
    db.purge_free_space(table.name for _claim, table in register().tables())


@job("privacy.follow_orders", schedule="17 * * * *", is_sweep=True)
def follow_orders() -> None:
    """Delete what standing orders ask for, batch by batch."""
    if service.follow_orders():
        jobs.enqueue("privacy.follow_orders")


@job("privacy.ask_idle", schedule="37 * * * *", is_sweep=True)
def ask_idle() -> None:
    """Ask whoever stays away, and close what was asked for three times, a bounded number at once."""
    if service.ask_idle():
        jobs.enqueue("privacy.ask_idle")


@job("privacy.sweep", schedule="12 * * * *", is_sweep=True)
def sweep(*, start: str = "") -> None:
    """Delete what has reached the end of its period, piece by piece; whoever waits to write meanwhile goes first."""
    db.let_others_write()
    if go_on := service.sweep_batch(start=start).go_on:
        jobs.enqueue("privacy.sweep", start=go_on)
    else:
        throttle.destroy_old_keys()


@job("privacy.remind_of_requests", schedule="17 * * * *")
def remind_of_requests() -> None:
    """End what nobody has confirmed, and remind our team of what comes near its due date, a bounded number at once.

    Copies that the worker has given up are begun again.
    """
    service.tend_copies()
    if service.end_unconfirmed() + service.remind_of_due():
        jobs.enqueue("privacy.remind_of_requests")


@job("privacy.end_statements", schedule="27 * * * *", is_sweep=True)
def end_statements() -> None:
    """Delete statements about entries that are gone, a bounded number at once."""
    if service.end_statements():
        jobs.enqueue("privacy.end_statements")


@job("privacy.sweep_files", slow=True, schedule="22 * * * *")
def sweep_files() -> None:
    """Delete files that no row knows any more."""
    service.sweep_files()


@job("privacy.reseal", schedule="52 * * * *")
def reseal(*, column: str = "", row: str = "") -> None:
    """Seal some values anew that an older secret has sealed, and ask for the next."""
    if not column:
        rotation.note_keys()
    if after := rotation.reseal_some(rotation.Cursor(column, row) if column else None):
        jobs.enqueue("privacy.reseal", column=after.column, row=after.row)
    else:
        rotation.note_use()


JOBS = (
    build_export,
    build_leaving_pack,
    follow_orders,
    ask_idle,
    sweep,
    sweep_files,
    end_statements,
    begin_due,
    erase,
    remove_files,
    call_vendor,
    name_late_steps,
    purge_free_space,
    reseal,
    remind_of_requests,
)
