"""What this folder gives the house."""

from portal.accounts.events import AccountTakenBack, AddressChanged, PendingEnded, ProfileCorrected
from portal.kit.area import Area
from portal.organisations.events import MembershipEnded, ProductsLate
from portal.privacy import service
from portal.privacy.checks import CHECKS
from portal.privacy.claim import CLAIM
from portal.privacy.claim.leaving_packs import IN_PACK
from portal.privacy.cli import COMMANDS
from portal.privacy.events import DataErased, ErasureBegun
from portal.privacy.jobs import JOBS
from portal.privacy.routes import bp
from portal.products.events import CallConfirmed

AREA = Area(
    name="privacy",
    claim=CLAIM,
    blueprint=bp,
    checks=CHECKS,
    jobs=JOBS,
    lasting=(*service.LASTING, service.ADDRESSES, *service.LINKS),
    commands=COMMANDS,
    visible=[service.IN_LEAVING_PACK],
    in_pack=IN_PACK,
    events={
        AccountTakenBack: (service.take_back,),
        AddressChanged: (service.hand_over_copies,),
        PendingEnded: (service.drop_exports, service.drop_packs, service.end_orders, service.end_requests),
        MembershipEnded: (service.leave_packs,),
        ProfileCorrected: (service.note_correction,),
        ProductsLate: (service.name_late_products,),
        CallConfirmed: (service.note_confirmed,),
        ErasureBegun: (service.close_unanswerable, service.end_copies),
        DataErased: (service.close_erased,),
    },
)
