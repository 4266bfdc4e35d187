"""The promises that this area keeps, each with its check, by subject."""

from portal.privacy.checks import erasures, exports, periods, seals

CHECKS = [*periods.CHECKS, *exports.CHECKS, *erasures.CHECKS, *seals.CHECKS]
