"""Promises of the policy: visiting our pages."""

from portal.kit.i18n import _l
from portal.promises.catalogue.vocabulary import Built, Promise, Section

SECTION = Section(
    _l("Visiting our pages"),
    (
        Promise(
            "P22",
            Built.WHOLLY,
            _l("Analytics only if you accept"),
            _l("If you accept, Google Analytics counts visits in aggregate, with up to four cookies. None is needed."),
            _l("Until you accept, nothing from Google is on any page. Refusing is as easy as accepting."),
            "legal.cookies",
        ),
        Promise(
            "P23",
            Built.WHOLLY,
            _l("IP addresses for %(visits)s"),
            _l("We log the IP address of each visit to find faults and fend off attacks, and erase it after %(visits)s."),
            _l("One encrypted log has a key for each day. Old keys are destroyed, which makes every copy unreadable."),
            "traffic.mine",
        ),
    ),
)
