"""Look at every promise once an hour, and soon after a start."""

from portal.jobs.registry import every, job
from portal.promises import service

EVERY = "7 * * * *"


@job("promises.check", tries=2)
def check() -> None:
    """Run every check and keep the results."""
    service.run_checks()


every(EVERY, "promises.check")
