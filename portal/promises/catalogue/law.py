"""Promises beyond the policy: what the law adds."""

from portal.kit.i18n import _l
from portal.promises.catalogue.vocabulary import Built, Promise, Section

SECTION = Section(
    _l("What the law adds"),
    (
        Promise(
            "P47",
            Built.NOT,
            _l("Automatic decisions are named"),
            _l("If software decides something that matters to you, the policy says so, and how to reach a person."),
            _l("Every automatic decision is registered with the data it uses. The policy is printed from the register."),
        ),
        Promise(
            "P48",
            Built.NOT,
            _l("Exploited weaknesses are reported"),
            _l("If a weakness in our products is exploited, we report it in time and tell everyone who is affected."),
            _l("The clock starts when we find out. Licences show who has an affected version."),
        ),
    ),
)
