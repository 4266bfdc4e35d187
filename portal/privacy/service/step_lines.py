"""How each step of a deletion went, in the words of who reads it: the lines of receipts and emails."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.kit.i18n import _, _l
from portal.privacy.models import ErasureStep, StepConfirmation, StepKind, StepState
from portal.privacy.service.erasure_plan import name_of, reason_of

_CONFIRMED: Mapping[StepConfirmation, Any] = {
    StepConfirmation.READ_BACK: _l("We checked that nothing is left."),
    StepConfirmation.ANSWER: _l("It confirmed straight away."),
    StepConfirmation.CALLBACK: _l("It sent us a confirmation."),
    StepConfirmation.STAFF: _l("Our privacy officer confirmed it."),
}
_ACCEPTED = _l("It accepted our order to delete it.")


@dataclass(frozen=True)
class StepLine:
    """One step as a receipt tells it. `confirmed_at` is empty for one that waits, and for one that was never needed."""

    step: str
    what: str
    why: str
    confirmed_at: datetime | None = None
    is_open: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as a document holds it."""
        at = self.confirmed_at.isoformat() if self.confirmed_at else None
        return {"step": self.step, "what": self.what, "why": self.why, "confirmed_at": at, "open": self.is_open}


def line_from(said: Mapping[str, Any]) -> StepLine:
    """Return the line that a document holds."""
    at = datetime.fromisoformat(said["confirmed_at"]) if said["confirmed_at"] else None
    return StepLine(said["step"], said["what"], said["why"], at, said["open"])


def lines(steps: Iterable[ErasureStep]) -> list[StepLine]:
    """Return how steps went, in the language that is spoken now."""
    return [_line(step) for step in steps]


def _line(step: ErasureStep) -> StepLine:
    called, what = f"{step.kind}:{step.target}", name_of(step.kind, target=step.target)
    if step.state is StepState.NOT_NEEDED:
        return StepLine(called, what, reason_of(step.kind, target=step.target))
    if step.state is StepState.WAITING or step.confirmed_by is None:
        return StepLine(called, what, _waiting(step), is_open=True)
    at_vendor = step.kind is StepKind.VENDOR and step.confirmed_by is StepConfirmation.ANSWER
    why = str(_ACCEPTED if at_vendor else _CONFIRMED[step.confirmed_by])
    if step.kind is StepKind.PERSON:
        why += " " + _("What you made there stays with your organisation.")
    return StepLine(called, what, why, step.confirmed_at)


def _waiting(step: ErasureStep) -> str:
    if step.by_hand:
        return _("Not confirmed yet. A member of our team has it done and confirms it.")
    return _("Not confirmed yet. We keep asking, and email you once it’s done.")
