"""What the values of disabling mean, to whoever reads their own data."""

from portal.disabling.models import RULES
from portal.kit.claims import AreaWords
from portal.kit.i18n import _l

AREA_WORDS = AreaWords(
    events={
        "disabling.proposed": _l("It was proposed to disable an account"),
        "disabling.declined": _l("It was decided not to disable an account"),
        "disabling.confirmed": _l("An account was disabled for a breach of the Terms"),
        "disabling.appealed": _l("An appeal was made against a disabled account"),
        "disabling.upheld": _l("An appeal was answered: the account stays disabled"),
        "disabling.lifted": _l("A disabled account works again"),
    },
    facts={"rule": _l("Rule"), **{("rule", str(rule)): words for rule, words in RULES.items()}},
    emails={
        "disabling/disabled": _l("Your account was disabled"),
        "disabling/upheld": _l("An answer to your appeal"),
        "disabling/lifted": _l("Your account works again"),
    },
)
