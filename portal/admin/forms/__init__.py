"""What the console's forms ask for, by section."""

from portal.admin.forms.corrections import Corrections as Corrections
from portal.admin.forms.corrections import Proposal as Proposal
from portal.admin.forms.erasures import Confirmation as Confirmation
from portal.admin.forms.erasures import ProductConfirmation as ProductConfirmation
from portal.admin.forms.holds import Hold as Hold
from portal.admin.forms.holds import HoldPurpose as HoldPurpose
from portal.admin.forms.holds import HoldRenewal as HoldRenewal
from portal.admin.forms.holds import Whose as Whose
from portal.admin.forms.requests import Decision as Decision
from portal.admin.forms.requests import Intake as Intake
from portal.admin.forms.requests import Pause as Pause
from portal.admin.forms.tickets import Answer as Answer
from portal.admin.forms.tickets import Close as Close
from portal.admin.forms.tickets import RemoveFile as RemoveFile
from portal.admin.forms.tickets import RemoveText as RemoveText
from portal.admin.forms.tickets import Search as Search
