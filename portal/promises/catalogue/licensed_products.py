"""Promises of the policy: licensed products."""

from portal.kit.i18n import _l
from portal.promises.catalogue.vocabulary import Built, Promise, Section

SECTION = Section(
    _l("Licensed products"),
    (
        Promise(
            "P11",
            Built.PARTLY,
            _l("Products don’t call home"),
            _l("Our products only go online when someone asks them to."),
            _l("Licences are checked on your own machine, without a network."),
            missing=_l("A proof that the portal itself contacts nobody while it isn’t used will follow."),
        ),
        Promise(
            "P12",
            Built.WHOLLY,
            _l("We only keep the purchase"),
            _l("For a licensed product we keep the purchase, and no machine names or IP addresses."),
            _l("The tables have no columns for them."),
        ),
    ),
)
