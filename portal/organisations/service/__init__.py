"""Verbs of organisations. One module a use case; this is the door."""

from portal.organisations.service.activity import Line as Line
from portal.organisations.service.activity import entries_for as entries_for
from portal.organisations.service.activity import file_for as file_for
from portal.organisations.service.dissolutions import dissolve as dissolve
from portal.organisations.service.dissolutions import tell_some as tell_some
from portal.organisations.service.invitations import accept as accept
from portal.organisations.service.invitations import decline as decline
from portal.organisations.service.invitations import end_invitations_by as end_invitations_by
from portal.organisations.service.invitations import invitations_for as invitations_for
from portal.organisations.service.invitations import invite as invite
from portal.organisations.service.invitations import offer_of as offer_of
from portal.organisations.service.invitations import offers_for as offers_for
from portal.organisations.service.invitations import resend as resend
from portal.organisations.service.invitations import revoke as revoke
from portal.organisations.service.memberships import change_role as change_role
from portal.organisations.service.memberships import leave as leave
from portal.organisations.service.memberships import member_for as member_for
from portal.organisations.service.memberships import members_for as members_for
from portal.organisations.service.memberships import remove as remove
from portal.organisations.service.organisations import blockers as blockers
from portal.organisations.service.organisations import create as create
from portal.organisations.service.organisations import organisations_for as organisations_for
from portal.organisations.service.organisations import overview_for as overview_for
from portal.organisations.service.organisations import rename as rename
from portal.organisations.service.standings import ORGANISATIONS as ORGANISATIONS
from portal.organisations.service.standings import STANDING as STANDING
