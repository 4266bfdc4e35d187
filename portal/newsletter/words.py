"""What the values in the table of subscribers mean, to whoever reads their own data."""

from portal.kit.claims import Words
from portal.kit.i18n import _l
from portal.newsletter.models import Source

SOURCES: Words = {
    Source.FORM: _l("The newsletter’s page"),
    Source.SETTINGS: _l("Settings"),
}
