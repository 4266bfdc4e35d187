"""The promises about rights are broken on purpose: each check of the area, once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping

from sqlalchemy import Column, Integer

from portal.accounts.models import SignUp
from portal.kit import audit, clock, rotation
from portal.kit.claims import personal, register
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.setting_values import Secret
from portal.privacy.models import (
    Correction,
    CorrectionDecision,
    Deletion,
    DeletionState,
    ErasureStep,
    Export,
    ExportState,
    Hold,
    HoldGround,
    OrderKind,
    Right,
    StandingOrder,
    StepKind,
)
from portal.privacy.service import bags
from tests.privacy.desk import plant
from tests.promises.breaking import DAY, Tools, add, breaks


@breaks("every_seal_opens")
def the_key_that_sealed_something_is_taken_out(tools: Tools) -> None:
    rotation.note_keys()
    tools.reset(secret_keys=(Secret("another-secret-of-32-characters-or-more"),))


@breaks("all_classified")
def a_column_says_not_what_it_is_for(tools: Tools) -> None:
    tools.table("scratch", Column("shoe_size", Integer))


@breaks("periods_kept")
def a_sweep_stands_still(tools: Tools) -> None:
    add(
        SignUp(
            name="Eve", email="eve@example.com", email_key="eve@example.com", password_hash="x", terms_version="1",
            terms_accepted_at=clock.now(), created_at=clock.now() - 8 * DAY,
        )
    )  # fmt: skip


@breaks("copy_complete")
def a_copy_forgets_what_was_said(tools: Tools) -> None:
    (said,) = [table for _claim, table in register().tables() if table.name == "ticket_message"]
    tools.redeclare("ticket_message", columns={**said.columns, "body": personal("")})


@breaks("copy_structured")
def a_copy_is_not_as_its_list_of_contents_says(tools: Tools) -> None:
    manifest = bags._manifest

    def lie(files: Mapping[str, str]) -> Iterator[bytes]:
        return manifest({**files, next(iter(files)): "0" * 64})

    tools.patch.setattr(bags, "_manifest", lie)


@breaks("copies_sealed")
def a_copy_lies_open(tools: Tools) -> None:
    key, of = storage().store("export", [b"PK for everybody"]), tools.cast.ada.account_id
    add(Export(person_id=of, job_id=of, state=ExportState.READY, ready_at=clock.now(), file_key=key, secret_hash="x"))


@breaks("deletions_on_time")
def a_deletion_is_not_carried_out(tools: Tools) -> None:
    add(Deletion(person_id=tools.cast.ada.id, number="X", due_at=clock.now() - DAY))


@breaks("nothing_left")
def an_erased_person_is_still_there(tools: Tools) -> None:
    audit.record("privacy.person_erased", subject_id=tools.cast.ada.id)
    db.session.flush()


def a_hold(**changed: object) -> Hold:
    """A hold as it should be, but for what is changed."""
    terms = {"ground": HoldGround.BUG, "reason": "Zips", "release_at": clock.now() + 30 * DAY, "kept": b"x"}
    return Hold(id=uuid.uuid4(), line="ticket", record_id=uuid.uuid4(), columns=["subject"], **{**terms, **changed})


@breaks("holds_have_reasons")
def a_record_is_kept_for_years_to_fix_a_bug(tools: Tools) -> None:
    add(a_hold(release_at=clock.now() + 400 * DAY))


@breaks("holds_end")
def a_held_copy_outlives_its_date(tools: Tools) -> None:
    add(a_hold(release_at=clock.now() - DAY))


@breaks("confirmed_or_named")
def a_deletion_counts_as_complete_while_a_product_is_silent(tools: Tools) -> None:
    now = clock.now()
    done = Deletion(id=uuid.uuid4(), number="X", state=DeletionState.DONE, requested_at=now, due_at=now, gone={})
    add(done)
    add(ErasureStep(deletion_id=done.id, place=0, kind=StepKind.PRODUCT, target="production"))


@breaks("orders_followed")
def an_idle_account_stays_for_months_after_it_was_asked_three_times(tools: Tools) -> None:
    long_ago = clock.now() - 400 * DAY
    order = {"person_id": tools.cast.ada.account_id, "kind": OrderKind.ACCOUNT, "days": 365, "starts_at": long_ago}
    add(StandingOrder(**order, here_at=long_ago, asked=3, goes_at=clock.now() - 90 * DAY))


@breaks("corrections_decided")
def a_correction_is_made_for_nobody_in_particular(tools: Tools) -> None:
    request = plant(Right.CORRECTION)
    decided = {"decision": CorrectionDecision.APPLIED, "decided_at": clock.now(), "before_hash": "x", "after": "Zips"}
    add(Correction(request_id=request.id, line="ticket", record_id=uuid.uuid4(), field="subject", **decided))
