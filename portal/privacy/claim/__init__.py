"""What the area holds itself: requests, prepared copies, the proof of deletions, orders and holds."""

from portal.kit.claims import Chapter, DataClaim
from portal.kit.i18n import _l
from portal.privacy import service
from portal.privacy.claim.corrections import CORRECTIONS
from portal.privacy.claim.deletions import DELETIONS
from portal.privacy.claim.erasure_steps import ERASURE_STEPS
from portal.privacy.claim.exports import EXPORTS
from portal.privacy.claim.holds import HOLDS
from portal.privacy.claim.leaving_packs import LEAVING_PACKS
from portal.privacy.claim.orders import ORDERS
from portal.privacy.claim.requests import FILES, REQUESTS, files_of
from portal.privacy.claim.statements import STATEMENTS
from portal.privacy.models import Export, Hold, LeavingPack, RequestFile
from portal.privacy.words import AREA_WORDS

CLAIM = DataClaim(
    area="privacy",
    title=_l("Requests, downloads, deletions and holds"),
    chapter=Chapter.CHOICES,
    words=AREA_WORDS,
    tables=[EXPORTS, LEAVING_PACKS, ERASURE_STEPS, DELETIONS, HOLDS, ORDERS, STATEMENTS, FILES, CORRECTIONS, REQUESTS],
    stays_besides=lambda subject: [
        _l("The proof of the deletion: a number, dates and counts. It names nobody."),
        *service.said_of_holds(subject),
    ],
    files=files_of,
    stored={
        "export": Export.file_key,
        "leaving_pack": LeavingPack.file_key,
        "hold": Hold.file_key,
        "request": RequestFile.file_key,
    },
)
