"""Who of our team is told of what is due or late."""

from portal.accounts import service as accounts
from portal.kit.actor import Role
from portal.kit.settings import current_settings
from portal.mail.service import Recipient


def officers() -> list[Recipient]:
    """Return everybody in the role privacy, else PORTAL_ALARM_EMAIL; nobody when neither is there."""
    ids = [member.person_id for member in accounts.list_staff() if member.role == Role.PRIVACY]
    if ids:
        return [accounts.recipient(accounts.get_person(person_id)) for person_id in ids]
    alarm = current_settings().alarm_email
    return [Recipient(alarm)] if alarm else []
