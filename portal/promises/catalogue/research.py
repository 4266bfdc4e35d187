"""Promises of the policy: user research."""

from portal.kit.i18n import _l
from portal.promises.catalogue.vocabulary import Built, Promise, Section

SECTION = Section(
    _l("User research"),
    (
        Promise(
            "P19",
            Built.NOT,
            _l("Research stays inside"),
            _l("What you tell our researchers never leaves the company, and results are anonymous wherever possible."),
            _l("Research data is encrypted, and its keys are held separately."),
        ),
        Promise(
            "P20",
            Built.NOT,
            _l("Research data ends with its study"),
            _l("A study’s personal data is deleted when the study ends, and never kept for longer than %(research_max)s."),
            _l("No study can start without an end date."),
        ),
        Promise(
            "P21",
            Built.NOT,
            _l("Leave research at any time"),
            _l("You can have your research data deleted whenever you like."),
            _l("One button deletes it, and you get a receipt."),
        ),
    ),
)
