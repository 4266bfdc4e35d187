"""Tables of rights in use: requests, copies that were asked for, deletions, and what is held longer."""

from portal.privacy.models.deletions import SEALED_FACTS as SEALED_FACTS
from portal.privacy.models.deletions import Deletion as Deletion
from portal.privacy.models.deletions import DeletionState as DeletionState
from portal.privacy.models.erasure_steps import SEALED_ADDRESSES as SEALED_ADDRESSES
from portal.privacy.models.erasure_steps import ErasureStep as ErasureStep
from portal.privacy.models.erasure_steps import StepConfirmation as StepConfirmation
from portal.privacy.models.erasure_steps import StepKind as StepKind
from portal.privacy.models.erasure_steps import StepState as StepState
from portal.privacy.models.exports import SEALED_SECRET as SEALED_SECRET
from portal.privacy.models.exports import Export as Export
from portal.privacy.models.exports import ExportState as ExportState
from portal.privacy.models.holds import SEALED_FIELDS as SEALED_FIELDS
from portal.privacy.models.holds import Hold as Hold
from portal.privacy.models.holds import HoldGround as HoldGround
from portal.privacy.models.orders import OrderKind as OrderKind
from portal.privacy.models.orders import StandingOrder as StandingOrder
from portal.privacy.models.requests import Request as Request
from portal.privacy.models.requests import RequestFile as RequestFile
from portal.privacy.models.rights import REASONS as REASONS
from portal.privacy.models.rights import Outcome as Outcome
from portal.privacy.models.rights import PauseReason as PauseReason
from portal.privacy.models.rights import Reason as Reason
from portal.privacy.models.rights import RequestState as RequestState
from portal.privacy.models.rights import Right as Right
from portal.privacy.models.rights import Source as Source
from portal.privacy.models.rights import Verdict as Verdict
