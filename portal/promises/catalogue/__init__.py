"""The catalogue: every promise in our own words, what enforces it, where it can be seen, and how much of it is built."""

from portal.promises.catalogue import (
    accounts,
    changes,
    collection,
    correspondence,
    law,
    licensed_products,
    newsletter,
    remainder,
    research,
    rights,
    security_and_staff,
    visits,
)
from portal.promises.catalogue.vocabulary import Built as Built
from portal.promises.catalogue.vocabulary import Promise as Promise
from portal.promises.catalogue.vocabulary import Section as Section

SECTIONS: tuple[Section, ...] = (
    collection.SECTION,
    accounts.SECTION,
    licensed_products.SECTION,
    correspondence.SECTION,
    newsletter.SECTION,
    research.SECTION,
    visits.SECTION,
    rights.SECTION,
    security_and_staff.SECTION,
    changes.SECTION,
    remainder.SECTION,
    law.SECTION,
)
"""The sections in the order of the policy; what the law adds comes last."""
