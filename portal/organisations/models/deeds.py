"""What may be done in an organisation, and how its log says it."""

from enum import StrEnum

from portal.kit.i18n import _l


class Deed(StrEnum):
    """What somebody did in an organisation."""

    CREATED = "created"
    RENAMED = "renamed"
    INVITED = "invited"
    INVITED_AGAIN = "invited_again"
    INVITATION_REVOKED = "invitation_revoked"
    INVITATION_DECLINED = "invitation_declined"
    JOINED = "joined"
    ROLE_CHANGED = "role_changed"
    LEFT = "left"
    REMOVED = "removed"
    DISABLED = "disabled"
    ENABLED = "enabled"
    HAND_OVER_OFFERED = "hand_over_offered"
    HAND_OVER_CANCELLED = "hand_over_cancelled"
    HAND_OVER_DECLINED = "hand_over_declined"
    HAND_OVER_ENDED = "hand_over_ended"
    HANDED_OVER = "handed_over"
    HANDED_OVER_AND_LEFT = "handed_over_and_left"
    SECOND_FACTOR_ASKED = "second_factor_asked"
    SECOND_FACTOR_FREE = "second_factor_free"
    DOMAIN_OPENED = "domain_opened"
    DOMAIN_CLOSED = "domain_closed"
    JOIN_ASKED = "join_asked"
    JOIN_ACCEPTED = "join_accepted"
    JOIN_DECLINED = "join_declined"
    JOIN_ENDED = "join_ended"
    TICKET_SHARED = "ticket_shared"
    TICKET_UNSHARED = "ticket_unshared"
    LICENCE_BOUGHT = "licence_bought"
    DISSOLUTION_ASKED = "dissolution_asked"
    DISSOLUTION_CANCELLED = "dissolution_cancelled"
    DISSOLUTION_ENDED = "dissolution_ended"
    RECOVERY_ASKED = "recovery_asked"
    RECOVERY_CANCELLED = "recovery_cancelled"
    RECOVERY_ENDED = "recovery_ended"
    RECOVERED = "recovered"
    MACHINE_RELEASED = "machine_released"
    PACK_ASKED = "pack_asked"
    PACK_FETCHED = "pack_fetched"
    PACK_DELETED = "pack_deleted"
    PACK_ENDED = "pack_ended"

    @property
    def sentence(self) -> str:
        """Say it to everybody, with places for `by`, `about` and `role`."""
        return str(SENTENCES[self])

    @property
    def to_them(self) -> str | None:
        """Say it to whom it was done, with places for `by`, `role` and `organisation`; None where nobody need be told."""
        said = TO_THEM.get(self)
        return None if said is None else str(said)


SENTENCES = {
    Deed.CREATED: _l("%(by)s created the organisation."),
    Deed.RENAMED: _l("%(by)s changed the organisation’s name."),
    Deed.INVITED: _l("%(by)s invited someone by email. Role: %(role)s."),
    Deed.INVITED_AGAIN: _l("%(by)s sent an invitation again. Role: %(role)s."),
    Deed.INVITATION_REVOKED: _l("%(by)s revoked an invitation. Role: %(role)s."),
    Deed.INVITATION_DECLINED: _l("An invitation was declined. Role: %(role)s."),
    Deed.JOINED: _l("%(about)s accepted an invitation by %(by)s. Role: %(role)s."),
    Deed.ROLE_CHANGED: _l("%(by)s changed the role of %(about)s. New role: %(role)s."),
    Deed.LEFT: _l("%(by)s left. Role until then: %(role)s."),
    Deed.REMOVED: _l("%(by)s removed %(about)s. Role until then: %(role)s."),
    Deed.DISABLED: _l("%(by)s disabled the account of %(about)s in this organisation. Role: %(role)s."),
    Deed.ENABLED: _l("%(by)s lets %(about)s work in this organisation again. Role: %(role)s."),
    Deed.HAND_OVER_OFFERED: _l("%(by)s offered to hand over ownership to %(about)s."),
    Deed.HAND_OVER_CANCELLED: _l("%(by)s cancelled the offer to hand over ownership to %(about)s."),
    Deed.HAND_OVER_DECLINED: _l("%(by)s declined to take over ownership from %(about)s."),
    Deed.HAND_OVER_ENDED: _l("The offer by %(by)s to hand over ownership to %(about)s ended: an account or a role changed."),
    Deed.HANDED_OVER: _l("%(about)s took over ownership from %(by)s, who is now a Member."),
    Deed.HANDED_OVER_AND_LEFT: _l("%(about)s took over ownership from %(by)s, who left."),
    Deed.SECOND_FACTOR_ASKED: _l("%(by)s asked everyone to use two-step verification."),
    Deed.SECOND_FACTOR_FREE: _l("%(by)s stopped asking everyone to use two-step verification."),
    Deed.DOMAIN_OPENED: _l("%(by)s lets people with an email address at the same domain ask to join."),
    Deed.DOMAIN_CLOSED: _l("%(by)s no longer lets people with an email address at the same domain ask to join."),
    Deed.JOIN_ASKED: _l("%(by)s asked to join."),
    Deed.JOIN_ACCEPTED: _l("%(by)s let %(about)s join, who had asked. Role: %(role)s."),
    Deed.JOIN_DECLINED: _l("%(by)s declined the request by %(about)s to join."),
    Deed.JOIN_ENDED: _l("The request by %(by)s to join ended: their account changed."),
    Deed.TICKET_SHARED: _l("%(by)s shared a ticket with the organisation."),
    Deed.TICKET_UNSHARED: _l("%(by)s stopped sharing a ticket."),
    Deed.LICENCE_BOUGHT: _l("%(by)s bought a licence."),
    Deed.DISSOLUTION_ASKED: _l("%(by)s asked to dissolve the organisation."),
    Deed.DISSOLUTION_CANCELLED: _l("%(by)s kept the organisation, which was going to be dissolved."),
    Deed.DISSOLUTION_ENDED: _l("The request by %(by)s to dissolve the organisation ended: an account or a role changed."),
    Deed.RECOVERY_ASKED: _l("%(by)s asked to become an Owner, because no Owner had signed in for a long time."),
    Deed.RECOVERY_CANCELLED: _l("%(by)s ended the request by %(about)s to become an Owner."),
    Deed.RECOVERY_ENDED: _l("The request by %(by)s to become an Owner ended: an Owner came, or an account or role changed."),
    Deed.RECOVERED: _l("%(by)s became an Owner, because no Owner had signed in for a long time."),
    Deed.MACHINE_RELEASED: _l("%(by)s released a lost machine from a licence."),
    Deed.PACK_ASKED: _l("%(by)s asked for a leaving pack: everything the organisation holds, in one download."),
    Deed.PACK_FETCHED: _l("%(by)s downloaded a leaving pack: everything the organisation holds."),
    Deed.PACK_DELETED: _l("%(by)s deleted a leaving pack."),
    Deed.PACK_ENDED: _l("The leaving pack that %(by)s asked for was deleted: their account changed."),
}
TO_THEM = {
    Deed.JOINED: _l("You joined %(organisation)s. Your role: %(role)s."),
    Deed.ROLE_CHANGED: _l("%(by)s changed your role in %(organisation)s. Your new role: %(role)s."),
    Deed.LEFT: _l("You left %(organisation)s. You no longer see anything of it."),
    Deed.REMOVED: _l("%(by)s removed you from %(organisation)s. You no longer see anything of it."),
    Deed.DISABLED: _l(
        "%(by)s disabled your account in %(organisation)s. Until an Owner lifts that, you see and change nothing there. "
        "The rest of your account stays as it is."
    ),
    Deed.ENABLED: _l("%(by)s lets you work in %(organisation)s again. Your role: %(role)s."),
    Deed.HAND_OVER_OFFERED: _l(
        "%(by)s offers to hand over ownership of %(organisation)s to you. Accept or decline it under Organisations."
    ),
    Deed.HAND_OVER_CANCELLED: _l("%(by)s cancelled the offer to hand over ownership of %(organisation)s to you."),
    Deed.HAND_OVER_DECLINED: _l("%(by)s declined to take over ownership of %(organisation)s from you."),
    Deed.HAND_OVER_ENDED: _l(
        "The offer by %(by)s to hand over ownership of %(organisation)s to you ended: an account or a role changed."
    ),
    Deed.HANDED_OVER: _l("You took over ownership of %(organisation)s from %(by)s. You’re now an Owner."),
    Deed.JOIN_ACCEPTED: _l("%(by)s let you join %(organisation)s, as you asked. Your role: %(role)s."),
    Deed.JOIN_DECLINED: _l("%(by)s declined your request to join %(organisation)s."),
    Deed.HANDED_OVER_AND_LEFT: _l("You took over ownership of %(organisation)s from %(by)s, who left. You’re now an Owner."),
}
