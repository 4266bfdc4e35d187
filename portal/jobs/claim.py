"""What the table of jobs holds."""

from portal.jobs.models import Job, JobState, Schedule
from portal.kit.actor import Role
from portal.kit.claims import (
    SAYS_NOTHING,
    DataClaim,
    Gathered,
    Ground,
    Party,
    RetainFor,
    Table,
    Vocabulary,
    Words,
    of_subjects,
    personal,
    recorded_by_staff,
    staff_may,
    technical,
)
from portal.kit.i18n import _l

_STATES: Words = {JobState.WAITING: _l("Waiting"), JobState.FAILED: _l("Failed")}

CLAIM = DataClaim(
    area="jobs",
    title=_l("Background tasks"),
    tables=[
        Table(
            Job,
            what=_l("Background tasks"),
            parties=[Party(of_subjects(person=Job.subject_id))],
            purpose=_l("To do what you asked for in the background: emails, downloads, deletion."),
            ground=Ground.CONTRACT,
            retention=RetainFor("finished_job", since="run_at", where=lambda: Job.state == JobState.FAILED),
            by_staff=[recorded_by_staff(_l("What our staff decide may need a background task."), deletes=True)],
            columns={
                "id": technical(),
                "kind": technical(_l("Kind of task"), words=Gathered(Vocabulary.TASKS)),
                "payload": technical(),
                "subject_id": personal(_l("Your account’s ID")),
                "state": technical(_l("State"), words=_STATES),
                "created_at": technical(_l("Requested")),
                "run_at": technical(),
                "attempts": technical(),
                "leased_until": technical(),
                "lease": technical(),
                "progress_done": technical(),
                "progress_total": technical(),
                "cursor": technical(),
                "error": technical(),
            },
        ),
        Table(
            Schedule,
            what=_l("Schedule of background tasks"),
            purpose=_l("To run clean-ups and checks on time."),
            ground=Ground.LEGITIMATE_INTEREST,
            retention=SAYS_NOTHING,
            by_staff=[staff_may(*Role, why=_l("A task on a schedule notes when it ran."), changes=["ran_at"])],
            columns={"name": technical(), "next_at": technical(), "noted_at": technical(), "ran_at": technical()},
        ),
    ],
)
