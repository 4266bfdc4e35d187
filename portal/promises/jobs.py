"""Look at every promise once an hour, and soon after a start."""

from portal.kit.job_kinds import job
from portal.promises import service


@job("promises.check", tries=2, schedule="7 * * * *")
def check() -> None:
    """Run every check and keep the results."""
    service.run_checks()


JOBS = (check,)
