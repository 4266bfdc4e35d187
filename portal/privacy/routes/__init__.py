"""Pages of rights, by subject: seeing, taking, deleting, and what is kept longer."""

from portal.kit.web import join
from portal.privacy.routes import (
    access_log,
    copies,
    corrections,
    deletions,
    exports,
    formats,
    held_data,
    holds,
    leaving_packs,
    my_requests,
    orders,
    receipts,
    requests,
    restrictions,
    statements,
)

bp = join(
    "privacy",
    access_log.bp,
    held_data.bp,
    corrections.bp,
    exports.bp,
    leaving_packs.bp,
    deletions.bp,
    holds.bp,
    receipts.bp,
    formats.bp,
    restrictions.bp,
    requests.bp,
    copies.bp,
    statements.bp,
    my_requests.bp,
    orders.bp,
)
