"""The end of each day's key. It runs soon after midnight UTC, and again later in case the first run fell out."""

from portal.jobs.registry import every, job
from portal.traffic import service


@job("traffic.destroy_keys")
def destroy_keys() -> None:
    """Destroy the keys of days whose time is up."""
    service.destroy_old_keys()


every("5 * * * *", "traffic.destroy_keys")
