"""The promises that this area keeps, each with its check."""

from portal.consent.checks import analytics, uses

CHECKS = [*analytics.CHECKS, *uses.CHECKS]
