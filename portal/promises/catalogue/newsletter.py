"""Promises of the policy: the newsletter."""

from portal.kit.i18n import _l
from portal.promises.catalogue.vocabulary import Built, Promise, Section

SECTION = Section(
    _l("The newsletter"),
    (
        Promise(
            "P17",
            Built.WHOLLY,
            _l("An email address, nothing else"),
            _l("All the newsletter needs is an email address, and we keep nothing until you confirm it."),
            _l("Your request travels inside the link we email you. We store it only once you confirm."),
            "newsletter.subscribe",
        ),
        Promise(
            "P18",
            Built.PARTLY,
            _l("Unsubscribe from any issue"),
            _l("The link in any issue unsubscribes you straight away, with one click."),
            _l("Every email to a subscriber has the link and the one-click headers. Opening the link changes nothing."),
            "newsletter.subscribe",
            missing=_l("We don’t send issues from here yet."),
        ),
    ),
)
