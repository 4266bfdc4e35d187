"""The console's pages, by section. Each asks for a staff role and a second factor."""

from portal.admin.routes import contents, corrections, disablings, erasures, holds, overview, requests, tickets
from portal.kit.web import join

bp = join(
    "admin",
    overview.bp,
    tickets.bp,
    contents.bp,
    holds.bp,
    requests.bp,
    corrections.bp,
    erasures.bp,
    disablings.bp,
    url_prefix="/admin",
)
