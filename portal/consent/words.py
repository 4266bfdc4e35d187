"""What the values in the table of decisions mean, to whoever reads their own data."""

from portal.consent.models import Choice, Mechanism
from portal.consent.service import EVERY_USE, PURPOSES
from portal.kit.claims import AreaWords, Words, facts
from portal.kit.i18n import _l

PURPOSE_NAMES: Words = {each.key: each.label for each in (*PURPOSES.values(), EVERY_USE)}
CHOICES: Words = {
    Choice.GRANTED: _l("Yes"),
    Choice.DENIED: _l("No"),
    Choice.OBJECTED: _l("No: you objected"),
    Choice.RESTRICTED: _l("Restricted"),
    Choice.LIFTED: _l("Restriction lifted"),
}
MECHANISMS: Words = {
    Mechanism.BANNER: _l("The question about analytics"),
    Mechanism.SETTINGS: _l("Settings"),
    Mechanism.EMAIL: _l("A link in an email"),
}
AREA_WORDS = AreaWords(
    purposes=PURPOSE_NAMES,
    facts=facts(
        choice=(_l("Choice"), CHOICES),
        mechanism=(_l("Where it was chosen"), MECHANISMS),
        switches=(_l("Changed preferences"), PURPOSE_NAMES),
    ),
)
