"""What calls to product systems hold of whom."""

from collections.abc import Mapping
from typing import Any

from portal.kit.actor import Role
from portal.kit.claims import (
    DataClaim,
    ExemptWhile,
    Ground,
    Party,
    RetainFor,
    Table,
    Words,
    of_subjects,
    personal,
    staff_may,
    technical,
)
from portal.kit.i18n import _l
from portal.products.models import Confirmation, ProductCall, Told
from portal.products.service import systems
from portal.products.words import AREA_WORDS

_CONFIRMED: Words = {
    Confirmation.ANSWER: _l("The product’s answer"),
    Confirmation.CALLBACK: _l("A message from the product"),
    Confirmation.STAFF: _l("A member of our team"),
}

_TOLD: Words = {
    Told.ACCOUNT_DELETED: _l("To delete an account and everything made with it"),
    Told.PERSON_DELETED: _l("To delete a person; what they made stays with their organisation"),
    Told.ORGANISATION_DELETED: _l("To delete everything of an organisation"),
    Told.ACCOUNT_DISABLED: _l("To let nobody work with an account, or with its place in an organisation"),
    Told.ACCOUNT_ENABLED: _l("To let an account work again"),
}


def _titles(_row: Mapping[str, Any]) -> Words:
    return {name: system.title for name, system in systems().items()}


CLAIM = DataClaim(
    area="products",
    title=_l("Our products"),
    words=AREA_WORDS,
    tables=[
        Table(
            ProductCall,
            what=_l("What our products are told about your account"),
            parties=[
                Party(
                    of_subjects(person=ProductCall.subject_id),
                    on_erasure=ExemptWhile(
                        _l("It tells our products what to do about an account, by a random ID, until they confirm."),
                        where=lambda: ProductCall.confirmed_at.is_(None),
                    ),
                )
            ],
            purpose=_l(
                "To have our products delete your data with your account, or stop its use, and to know that they did."
            ),
            ground=Ground.LEGAL_DUTY,
            retention=RetainFor("finished_job", since="confirmed_at", what=_l("Once the product has confirmed")),
            by_staff=[
                staff_may(
                    Role.PRIVACY,
                    Role.SENIOR,
                    why=_l("Our privacy staff carry out a deletion that was asked for."),
                    adds=True,
                    deletes=True,
                ),
                staff_may(
                    Role.PRIVACY,
                    why=_l("Our privacy officer can note that a product has confirmed."),
                    changes=("confirmed_at", "confirmed_by", "subject_id", "organisation_id"),
                ),
            ],
            columns={
                "id": technical(),
                "product": technical(_l("Product"), row_words=_titles),
                "tells": technical(_l("What it was asked"), words=_TOLD),
                "subject_id": personal(_l("Your account’s ID, until the product has confirmed")),
                "organisation_id": technical(_l("Organisation")),
                "made_at": technical(_l("Requested")),
                "tries": technical(_l("Attempts")),
                "accepted_at": technical(_l("Accepted")),
                "confirmed_at": technical(_l("Confirmed")),
                "confirmed_by": technical(_l("Confirmed by"), words=_CONFIRMED),
            },
        )
    ],
)
