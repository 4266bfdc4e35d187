"""Promises of the policy: and also."""

from portal.kit.i18n import _l
from portal.promises.catalogue.vocabulary import Built, Promise, Section

SECTION = Section(
    _l("And also"),
    (
        Promise(
            "P44",
            Built.NOT,
            _l("Recordings are announced"),
            _l("We tell you before a meeting is recorded, and use the recording for its stated purpose only."),
            _l("Every recording goes into a register."),
        ),
        Promise(
            "P45",
            Built.NOT,
            _l("Card numbers stay with the payment provider"),
            _l("Your card number goes to Stripe. We only see the card’s brand, its last four digits and its expiry date."),
            _l("We have no field that could hold a card number."),
        ),
        Promise(
            "P46",
            Built.PARTLY,
            _l("Safeguards you can read about"),
            _l("Physical, electronic and managerial safeguards protect your data."),
            _l("Each one is listed with the evidence our software can show."),
            "legal.security",
            missing=_l("Some safeguards on the list belong to parts that aren’t built yet. Their promises say so."),
        ),
    ),
)
