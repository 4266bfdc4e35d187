"""The promises that this area keeps, each with its check, by subject."""

from portal.privacy.checks import corrections, erasure_steps, erasures, exports, holds, orders, periods, requests, seals

CHECKS = [
    *periods.CHECKS,
    *exports.CHECKS,
    *erasures.CHECKS,
    *erasure_steps.CHECKS,
    *holds.CHECKS,
    *orders.CHECKS,
    *requests.CHECKS,
    *corrections.CHECKS,
    *seals.CHECKS,
]
