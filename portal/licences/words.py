"""What the values in the tables of licences mean, to whoever reads their own data."""

from portal.kit.claims import AreaWords, Words
from portal.kit.i18n import _l
from portal.licences.models import End

ENDS: Words = {End.REFUNDED: _l("It was refunded")}
PRODUCTS: Words = {"production-system": _l("Production system")}
PLANS: Words = {"workshop": _l("Workshop")}
AREA_WORDS = AreaWords(
    events={
        "licences.granted": _l("A licence was granted"),
        "licences.ended": _l("A licence ended"),
    },
    facts={
        "licence": _l("Licence"),
        "ended_because": _l("Why it ended"),
        **{("ended_because", str(end)): words for end, words in ENDS.items()},
    },
)
