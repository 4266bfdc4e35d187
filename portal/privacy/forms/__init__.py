"""Shapes of the forms about rights, by subject."""

from portal.privacy.forms.corrections import CorrectEntry as CorrectEntry
from portal.privacy.forms.corrections import DisputeByLink as DisputeByLink
from portal.privacy.forms.corrections import DisputeEntry as DisputeEntry
from portal.privacy.forms.deletions import Delete as Delete
from portal.privacy.forms.exports import ChooseExport as ChooseExport
from portal.privacy.forms.orders import Orders as Orders
from portal.privacy.forms.requests import AskForRight as AskForRight
from portal.privacy.forms.requests import AskOurTeam as AskOurTeam
from portal.privacy.forms.requests import GiveCode as GiveCode
from portal.privacy.forms.requests import GiveVerdict as GiveVerdict
from portal.privacy.forms.requests import ReplyToRequest as ReplyToRequest
