"""What the values in the table of subscribers mean, to whoever reads their own data."""

from portal.kit.claims import AreaWords, Words
from portal.kit.i18n import _l
from portal.newsletter.models import Source

SOURCES: Words = {
    Source.FORM: _l("The newsletter’s page"),
    Source.SETTINGS: _l("Settings"),
}
AREA_WORDS = AreaWords(
    events={"newsletter.decided": _l("Newsletter subscription changed")},
    emails={
        "newsletter/confirm": _l("Confirm your newsletter subscription"),
        "newsletter/welcome": _l("You’re subscribed to our newsletter"),
    },
)
