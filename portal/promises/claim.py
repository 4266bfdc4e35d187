"""What the results of checks hold: nothing about anybody."""

from portal.kit.claims import SAYS_NOTHING, DataClaim, Ground, Table, technical
from portal.kit.i18n import _l
from portal.promises.models import CheckResult

CLAIM = DataClaim(
    area="promises",
    title=_l("Checks"),
    tables=[
        Table(
            CheckResult,
            what=_l("Check results"),
            purpose=_l("To show whether each promise is kept."),
            ground=Ground.LEGITIMATE_INTEREST,
            retention=SAYS_NOTHING,
            columns={name: technical() for name in ("name", "promise", "outcome", "findings", "checked_at", "since_at")},
        )
    ],
)
