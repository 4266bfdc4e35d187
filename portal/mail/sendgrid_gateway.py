"""SendGrid's own API, and the one module that speaks it: it erases what SendGrid holds about recipients of our emails."""

import json
from collections.abc import Iterable

from portal.kit import outgoing
from portal.kit.settings import current_settings

PATH = "/v3/recipients/erasejob"
"""Recipients' Data Erasure API: at most 5,000 addresses a call. https://www.twilio.com/docs/sendgrid/api-reference"""


def erase_recipients(addresses: Iterable[str]) -> None:
    """Have SendGrid erase names, addresses, subject lines and IP addresses of recipients. Call outside of a transaction.

    It says that it has taken the order and carries it out by itself. Raises CallFailed when it has not taken it.
    """
    settings = current_settings()
    key = settings.sendgrid_api_key
    if key is None:
        raise outgoing.CallFailed("NoKey")
    body = json.dumps({"email_addresses": sorted(set(addresses))}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key.get_secret_value()}"}
    answer = outgoing.post(settings.sendgrid_api_base + PATH, body, headers=headers)
    if not answer.is_good:
        raise outgoing.CallFailed(str(answer.status))
