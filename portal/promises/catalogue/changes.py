"""Promises of the policy: changes."""

from portal.kit.i18n import _l
from portal.promises.catalogue.vocabulary import Built, Promise, Section

SECTION = Section(
    _l("Changes"),
    (
        Promise(
            "P42",
            Built.WHOLLY,
            _l("Changes are posted"),
            _l("A changed policy is posted on its page, along with its history."),
            _l("Words and figures belong to a version. Changing them without a new version fails the check."),
            "legal.history",
        ),
        Promise(
            "P43",
            Built.NOT,
            _l("Big changes are announced"),
            _l("We tell you about significant changes when you sign in, on your home page or by email."),
            _l("A significant version can’t be published without its notices."),
        ),
    ),
)
