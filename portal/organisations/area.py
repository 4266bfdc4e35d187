"""What this folder gives the house."""

from portal.accounts.events import AccountCloses, AccountDisabled, AddressChanged, PendingEnded
from portal.kit.area import Area
from portal.organisations import service
from portal.organisations.checks import CHECKS
from portal.organisations.claim import CLAIM
from portal.organisations.claim.leaving_packs import IN_PACK
from portal.organisations.jobs import JOBS
from portal.organisations.routes import bp
from portal.products.events import CallConfirmed

AREA = Area(
    name="organisations",
    claim=CLAIM,
    blueprint=bp,
    checks=CHECKS,
    jobs=JOBS,
    visible=service.VISIBLE,
    in_pack=IN_PACK,
    events={
        AccountCloses: (service.keep_an_owner,),
        AccountDisabled: (
            service.end_invitations_by,
            service.end_hand_overs_of,
            service.end_join_requests_of,
            service.end_dissolutions_of,
            service.say_who_has_no_owner,
        ),
        CallConfirmed: (service.note_product,),
        PendingEnded: (
            service.end_invitations_by,
            service.end_hand_overs_of,
            service.end_join_requests_of,
            service.end_dissolutions_of,
            service.end_recoveries_of,
        ),
        AddressChanged: (service.end_join_requests_of, service.end_recoveries_of),
    },
)
