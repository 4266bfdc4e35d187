"""Who gets through the doors of organisations: read by a person, tried by tests/rules/test_who_may_enter.py.

Everybody tried there is in no organisation: to them each one is absent. Its own people are tried in test_matrix.py here.
"""

from portal.organisations.models import JoinDomain, Membership, Organisation
from tests.rules.gates import FRESH, ORGANISATION, PUBLIC, SIGNED_IN

DOORS = {
    "organisations.overview": SIGNED_IN,
    "organisations.new": SIGNED_IN,
    "organisations.invitation": PUBLIC,
    "organisations.accept_invitation": SIGNED_IN,
    "organisations.decline_invitation": SIGNED_IN,
    "organisations.organisation": ORGANISATION,
    "organisations.rename": ORGANISATION,
    "organisations.leave": ORGANISATION,
    "organisations.leave_while_disabled": FRESH,
    "organisations.dissolve": ORGANISATION,
    "organisations.recover": ORGANISATION,
    "organisations.cancel_recovery": ORGANISATION,
    "organisations.end_recovery_by_link": PUBLIC,
    "organisations.keep": ORGANISATION,
    "organisations.keep_by_link": PUBLIC,
    "organisations.members": ORGANISATION,
    "organisations.member": ORGANISATION,
    "organisations.change_role": ORGANISATION,
    "organisations.remove_member": ORGANISATION,
    "organisations.disable_member": ORGANISATION,
    "organisations.enable_member": ORGANISATION,
    "organisations.invitations": ORGANISATION,
    "organisations.resend_invitation": ORGANISATION,
    "organisations.revoke_invitation": ORGANISATION,
    "organisations.ask_to_join": FRESH,
    "organisations.join_requests": ORGANISATION,
    "organisations.open_domain": ORGANISATION,
    "organisations.close_domain": ORGANISATION,
    "organisations.join_request": ORGANISATION,
    "organisations.decline_join_request": ORGANISATION,
    "organisations.hand_over": ORGANISATION,
    "organisations.cancel_hand_over": ORGANISATION,
    "organisations.hand_over_offer": ORGANISATION,
    "organisations.accept_hand_over": ORGANISATION,
    "organisations.decline_hand_over": ORGANISATION,
    "organisations.second_factor": ORGANISATION,
    "organisations.set_up_second_factor": ORGANISATION,
    "organisations.activity": ORGANISATION,
    "organisations.activity_file": ORGANISATION,
}

THINGS = {
    **{endpoint: ("organisation_id", Organisation) for endpoint, gate in DOORS.items() if gate == ORGANISATION},
    "organisations.ask_to_join": ("domain_id", JoinDomain),
    "organisations.leave_while_disabled": ("membership_id", Membership),
}
