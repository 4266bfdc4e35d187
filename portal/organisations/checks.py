"""The part of P09 that this area keeps: staff never change who is an Owner or a Billing Administrator."""

from portal.kit import staff_checks
from portal.kit.checks import Check
from portal.kit.i18n import _l
from portal.organisations.models import Membership

CHECKS = (
    Check(
        promise="P09",
        name="staff_write_no_role",
        what=_l(
            "Whatever staff write passes a guard. It refuses Owners, Billing Administrators and Members, in every role."
        ),
        run=lambda: staff_checks.refused(*staff_checks.columns_of(Membership)),
        says=staff_checks.SAYS,
    ),
)
