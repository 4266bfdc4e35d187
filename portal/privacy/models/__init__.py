"""Tables of rights in use: copies that were asked for, and deletions."""

from portal.privacy.models.deletions import SEALED_FACTS as SEALED_FACTS
from portal.privacy.models.deletions import Deletion as Deletion
from portal.privacy.models.deletions import DeletionState as DeletionState
from portal.privacy.models.exports import Export as Export
from portal.privacy.models.exports import ExportState as ExportState
