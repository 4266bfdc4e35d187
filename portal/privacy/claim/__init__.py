"""What the area holds itself: requests, prepared copies, and the proof of deletions."""

from portal.kit.claims import DataClaim
from portal.kit.i18n import _l
from portal.privacy.claim.deletions import DELETIONS
from portal.privacy.claim.exports import EXPORTS
from portal.privacy.claim.requests import FILES, REQUESTS
from portal.privacy.models import Export, RequestFile

CLAIM = DataClaim(
    area="privacy",
    title=_l("Requests, downloads and deletions"),
    tables=[EXPORTS, DELETIONS, FILES, REQUESTS],
    stays_besides=lambda _subject: [_l("The proof of the deletion: a number, dates and counts. It names nobody.")],
    stored={"export": Export.file_key, "request": RequestFile.file_key},
)
