"""What the table of jobs holds."""

from portal.jobs.models import FAILED, Job, Schedule
from portal.kit.claims import SAYS_NOTHING, Claim, Ground, Keep, Table, of_subjects, personal, technical
from portal.kit.i18n import _l

CLAIM = Claim(
    area="jobs",
    tables=[
        Table(
            Job,
            what=_l("Background work"),
            whose=of_subjects(person=Job.subject_id),
            purpose=_l("To do in the background what you asked for: letters, downloads, deletion."),
            ground=Ground.CONTRACT,
            keep=Keep("finished_job", since="run_at", where=lambda: Job.state == FAILED),
            columns={
                "id": technical(),
                "kind": technical(_l("Kind of work")),
                "payload": technical(),
                "subject_id": personal(_l("Your account’s id")),
                "state": technical(_l("State")),
                "created_at": technical(_l("Asked")),
                "run_at": technical(),
                "attempts": technical(),
                "leased_until": technical(),
                "lease": technical(),
                "progress_done": technical(),
                "progress_total": technical(),
                "error": technical(),
            },
        ),
        Table(
            Schedule,
            what=_l("Schedule of background work"),
            purpose=_l("To run sweeps and checks on time."),
            ground=Ground.LEGITIMATE_INTEREST,
            keep=SAYS_NOTHING,
            columns={"name": technical(), "next_at": technical()},
        ),
    ],
)
