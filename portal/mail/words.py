"""What the outbox is called where the work that it gives is shown, and what its values mean."""

from portal.kit.claims import AreaWords, Words
from portal.kit.i18n import _l
from portal.mail.models import EmailState

STATES: Words = {
    EmailState.WAITING: _l("Waiting"),
    EmailState.SENT: _l("Delivered"),
    EmailState.FAILED: _l("Failed"),
}
AREA_WORDS = AreaWords(tasks={"mail.deliver": _l("Sending an email")})
