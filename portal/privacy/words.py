"""What the values in the tables of rights mean, to whoever reads their own data."""

from collections.abc import Mapping
from typing import Any

from portal.kit.claims import CHAPTER_TITLES, AreaWords, Words, facts
from portal.kit.i18n import _l
from portal.privacy import service
from portal.privacy.models import DeletionState, ExportState, OrderKind, StepConfirmation, StepKind, StepState
from portal.privacy.models.holds import GROUNDS
from portal.privacy.models.rights import FOR_OUR_TEAM as FOR_OUR_TEAM
from portal.privacy.models.rights import OUTCOMES, PAUSES, REASON_SENTENCES, SOURCES
from portal.privacy.models.rights import RIGHTS as RIGHTS
from portal.privacy.models.rights import VERDICTS as VERDICTS
from portal.privacy.service import erasure_plan

EXPORT_STATES: Words = {
    ExportState.WAITING: _l("Being prepared"),
    ExportState.READY: _l("Ready"),
    ExportState.FAILED: _l("Failed"),
}
ORDER_KINDS: Words = {
    OrderKind.TICKETS: _l("Closed tickets"),
    OrderKind.FILES: _l("Files in tickets"),
    OrderKind.HISTORY: _l("Sign-in history"),
    OrderKind.ACCOUNT: _l("My account, if I stay away"),
}
DELETION_STATES: Words = {
    DeletionState.WAITING: _l("Can still be cancelled"),
    DeletionState.RUNNING: _l("Under way"),
    DeletionState.UNDONE: _l("Cancelled"),
    DeletionState.DONE: _l("Done"),
}
STEP_KINDS: Words = {
    StepKind.PORTAL: _l("This portal"),
    StepKind.PRODUCT: _l("A product"),
    StepKind.PERSON: _l("A product, about you in person"),
    StepKind.VENDOR: _l("A vendor"),
}
STEP_STATES: Words = {
    StepState.WAITING: _l("Not confirmed yet"),
    StepState.CONFIRMED: _l("Confirmed"),
    StepState.NOT_NEEDED: _l("Nothing to do"),
}
STEP_CONFIRMATIONS: Words = {
    StepConfirmation.READ_BACK: _l("Checked that nothing is left"),
    StepConfirmation.ANSWER: _l("An answer"),
    StepConfirmation.CALLBACK: _l("A message"),
    StepConfirmation.STAFF: _l("A member of our team"),
}


def of_step(row: Mapping[str, Any]) -> Words:
    """Return what people call the target of a step of a deletion."""
    return {row["target"]: erasure_plan.name_of(row["kind"], target=row["target"])}


def of_hold(row: Mapping[str, Any]) -> Words:
    """Return what people call the fields of a restricted copy."""
    line = service.find_line(row["line"])
    return service.fields_of(line) if line else {}


def of_field(row: Mapping[str, Any]) -> Words:
    """Return what people call the field that a correction is of."""
    line = service.find_line(row["line"])
    return service.fields_of(line) if line else {}


CHOSEN: Words = facts(chapters=(_l("Parts"), CHAPTER_TITLES), first_on=_l("From"), last_on=_l("To"))
"""What of a copy was chosen."""
AREA_WORDS = AreaWords(
    events={
        "privacy.export_started": _l("Download of your data requested"),
        "privacy.export_built": _l("Download of your data ready"),
        "privacy.export_fetched": _l("Data downloaded"),
        "privacy.export_deleted": _l("Download of your data deleted"),
        "privacy.leaving_pack_built": _l("Leaving pack ready"),
        "privacy.leaving_pack_fetched": _l("Leaving pack of a dissolved organisation downloaded"),
        "privacy.use_restricted": _l("Use of your data restricted"),
        "privacy.restriction_lifted": _l("Restriction lifted"),
        "privacy.hold_set": _l("Our team set a restricted copy aside"),
        "privacy.hold_renewed": _l("Our team extended a restricted copy"),
        "privacy.hold_released": _l("Our team ended a restricted copy"),
        "privacy.deletion_requested": _l("Deletion of the account requested"),
        "privacy.deletion_undone": _l("Deletion of the account cancelled"),
        "privacy.deletion_begun": _l("Deletion of the account started"),
        "privacy.person_erased": _l("Account deleted"),
        "privacy.step_confirmed": _l("Step of a deletion confirmed by our team"),
        "privacy.idle_asked": _l("Asked whether you’re still here"),
        "privacy.idle_closed": _l("Account closed, because you stayed away"),
        "privacy.still_here": _l("You told us you’re still here"),
        "privacy.order_changed": _l("Automatic deletion changed"),
        "privacy.orders_ended": _l("Automatic deletion switched off"),
        "privacy.order_followed": _l("Deleted automatically, as you chose"),
        "privacy.request_received": _l("Request received"),
        "privacy.request_proven": _l("Request confirmed with a code"),
        "privacy.request_code_refused": _l("Wrong code for a request"),
        "privacy.request_paused": _l("Request paused until you answer"),
        "privacy.request_resumed": _l("Request resumed"),
        "privacy.request_executed": _l("Request carried out"),
        "privacy.request_closed": _l("Request closed"),
        "privacy.request_judged": _l("You told us whether our answer helped"),
        "privacy.request_alarmed": _l("Our team reminded of a request"),
        "privacy.statement_set": _l("Statement about your data saved"),
        "privacy.statement_withdrawn": _l("Statement about your data removed"),
        "privacy.correction_proposed": _l("Correction asked for"),
        "privacy.correction_applied": _l("Correction made by our team"),
        "privacy.correction_declined": _l("Correction declined by our team"),
    },
    facts=facts(
        rows=_l("Number of entries"),
        bytes=_l("Size in bytes"),
        hold=_l("ID of the restricted copy"),
        ground=(_l("Ground"), GROUNDS),
        until=_l("Until"),
        number=_l("How often"),
        step=_l("ID of the step"),
        kind=(_l("Kind"), {**ORDER_KINDS, **STEP_KINDS}),
        target=_l("Where"),
        days=_l("After how many days"),
        request=_l("ID of the request"),
        correction=_l("ID of the correction"),
        statement=_l("ID of the statement"),
        reference=_l("Reference"),
        outcome=(_l("Outcome"), OUTCOMES),
        reason=(_l("Reason"), {**REASON_SENTENCES, **PAUSES}),
        verdict=(_l("Your verdict"), VERDICTS),
        source=(_l("How it reached us"), SOURCES),
        alarms=_l("Number of reminders"),
        tries=_l("Number of tries"),
    ),
    tasks={
        "privacy.build_export": _l("Preparing your download"),
        "privacy.build_leaving_pack": _l("Preparing an organisation’s leaving pack"),
    },
    emails={
        "privacy/copy_code": _l("Your code to download your data"),
        "privacy/copy_ready": _l("Your data is ready to download"),
        "privacy/deletion_begun": _l("Your account is closed"),
        "privacy/deletion_complete": _l("Your deletion is complete"),
        "privacy/deletion_receipt": _l("Receipt: your data is deleted"),
        "privacy/deletion_undone": _l("Your account is open again"),
        "privacy/export_ready": _l("Your download is ready"),
        "privacy/leaving_pack_ready": _l("Your leaving pack is ready"),
        "privacy/hold_set": _l("We must keep something of yours for longer"),
        "privacy/orders_changed": _l("Your automatic deletion settings changed"),
        "privacy/orders_ended": _l("Automatic deletion is switched off"),
        "privacy/request_closed": _l("Our answer to your request"),
        "privacy/request_code": _l("Your code for a request"),
        "privacy/request_confirmed": _l("We have your request"),
        "privacy/request_due": _l("A request is due"),
        "privacy/request_paused": _l("We need your answer to your request"),
        "privacy/request_withdrawn": _l("Your request was withdrawn"),
        "privacy/statement_code": _l("Your code to add a statement"),
        "privacy/steps_late": _l("Part of your deletion isn’t confirmed yet"),
        "privacy/products_late_officer": _l("A product needs you"),
        "privacy/steps_late_officer": _l("A deletion needs you"),
        "privacy/still_here": _l("Are you still here?"),
    },
)
