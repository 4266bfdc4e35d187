"""Tables of organisations, by subject: who is in them and what was done, and ownership on its way to somebody else."""

from portal.organisations.models.deeds import Deed as Deed
from portal.organisations.models.dissolutions import Dissolution as Dissolution
from portal.organisations.models.dissolutions import DissolutionCall as DissolutionCall
from portal.organisations.models.hand_overs import HandOver as HandOver
from portal.organisations.models.join_requests import JoinDomain as JoinDomain
from portal.organisations.models.join_requests import JoinRequest as JoinRequest
from portal.organisations.models.organisations import Invitation as Invitation
from portal.organisations.models.organisations import Membership as Membership
from portal.organisations.models.organisations import Organisation as Organisation
from portal.organisations.models.organisations import OrganisationEntry as OrganisationEntry
from portal.organisations.models.recoveries import Recovery as Recovery
