"""What the log of visits holds."""

from portal.kit.claims import DataClaim, Ground, Party, RetainFor, Table, of_subjects, personal, technical
from portal.kit.i18n import _l
from portal.traffic import words
from portal.traffic.models import Visit

CLAIM = DataClaim(
    area="traffic",
    title=_l("Visits"),
    tables=[
        Table(
            Visit,
            what=_l("Visits"),
            parties=[Party(of_subjects(person=Visit.subject_id))],
            purpose=_l(
                "To find faults, to defend the portal against floods of requests, and to show an account’s holder where "
                "sign-ins to it came from."
            ),
            ground=Ground.LEGITIMATE_INTEREST,
            retention=RetainFor("visits", since="at"),
            columns={
                "id": technical(),
                "at": technical(_l("When")),
                "sealed_on": technical(),
                "endpoint": technical(_l("Page"), words=words.PAGES),
                "method": technical(_l("Method")),
                "status": technical(_l("Status")),
                "sealed_address": personal(
                    _l("Your IP address, encrypted with a key that changes every day"),
                    # A copy is kept for days of its own: opened there, an address would outlive its two weeks (P23).
                    withheld=_l(
                        "A download can outlive the time we may keep an IP address. You can see yours under "
                        "Privacy, My visits."
                    ),
                ),
                "subject_id": personal(_l("Your account’s ID")),
            },
        )
    ],
)
