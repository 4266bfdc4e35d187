"""Facts about lost access that higher areas act upon."""

from dataclasses import dataclass

from portal.kit.events import Event


@dataclass(frozen=True)
class MisuseReported(Event):
    """Somebody without access says that an account is misused, or that security is broken (P10)."""

    email: str
    message: str
