"""How a request may end by the hand of staff: an outcome with one of its reasons."""

from portal.privacy.models import REASONS, Outcome, Reason, Request, RequestState
from portal.privacy.service.requests.rows import NO_ANSWER_OF_OURS

_UNPROVEN = (Outcome.REFUSED, Reason.NOT_CONFIRMED)


def endings_of(request: Request) -> list[tuple[Outcome, Reason]]:
    """Return how a request may be closed now; one that nobody has proven can only be refused, for that reason."""
    if request.state == RequestState.CLOSED or request.executed_at:
        return []
    if request.state == RequestState.AWAITING_IDENTITY:
        return [_UNPROVEN]
    ours = [outcome for outcome in REASONS if outcome not in NO_ANSWER_OF_OURS]
    return [(outcome, reason) for outcome in ours for reason in REASONS[outcome] if (outcome, reason) != _UNPROVEN]
