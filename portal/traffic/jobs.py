"""The end of each day's key. It runs soon after midnight UTC, and again later in case the first run fell out."""

from portal.kit.job_kinds import job
from portal.traffic import service


@job("traffic.destroy_keys", schedule="5 * * * *", is_sweep=True)
def destroy_keys() -> None:
    """Destroy the keys of days whose time is up."""
    service.destroy_old_keys()


JOBS = (destroy_keys,)
