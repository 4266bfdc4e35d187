"""The data register: what each area holds of whom, why, on which ground and how long.

An area declares a `DataClaim`. Export, erasure, verification, retention sweeps, the data table of the policy and the record
of processing are all read from the claims (P02, P24, P28). A column that no claim names fails the tests.
"""

from portal.kit.claims.chapters import CHAPTER_TITLES as CHAPTER_TITLES
from portal.kit.claims.chapters import Chapter as Chapter
from portal.kit.claims.conversations import Conversation as Conversation
from portal.kit.claims.conversations import Said as Said
from portal.kit.claims.counting import MOST_COUNTED as MOST_COUNTED
from portal.kit.claims.dataset import Dataset as Dataset
from portal.kit.claims.dataset import Field as Field
from portal.kit.claims.dataset import Span as Span
from portal.kit.claims.dataset import kind_of as kind_of
from portal.kit.claims.dataset import plain as plain
from portal.kit.claims.dataset import within as within
from portal.kit.claims.gathered import AreaWords as AreaWords
from portal.kit.claims.gathered import Gathered as Gathered
from portal.kit.claims.gathered import Vocabulary as Vocabulary
from portal.kit.claims.gathered import Words as Words
from portal.kit.claims.gathered import facts as facts
from portal.kit.claims.holdings import Effect as Effect
from portal.kit.claims.holdings import Holding as Holding
from portal.kit.claims.holdings import RegisterRow as RegisterRow
from portal.kit.claims.orders import OrderRule as OrderRule
from portal.kit.claims.parties import BlankColumns as BlankColumns
from portal.kit.claims.parties import DeleteRow as DeleteRow
from portal.kit.claims.parties import ExemptFromErasure as ExemptFromErasure
from portal.kit.claims.parties import ExemptWhile as ExemptWhile
from portal.kit.claims.parties import Party as Party
from portal.kit.claims.register import Register as Register
from portal.kit.claims.register import init_app as init_app
from portal.kit.claims.register import register as register
from portal.kit.claims.register import swept_at_once as swept_at_once
from portal.kit.claims.retention import SAYS_NOTHING as SAYS_NOTHING
from portal.kit.claims.retention import UNTIL_ERASED as UNTIL_ERASED
from portal.kit.claims.retention import RetainFor as RetainFor
from portal.kit.claims.retention import RetainUntil as RetainUntil
from portal.kit.claims.retention import RetainUntilErased as RetainUntilErased
from portal.kit.claims.retention import RetainWhile as RetainWhile
from portal.kit.claims.retention import RetainWith as RetainWith
from portal.kit.claims.seldom import seldom as seldom
from portal.kit.claims.shown import shown as shown
from portal.kit.claims.shown import shown_row as shown_row
from portal.kit.claims.subjects import Subject as Subject
from portal.kit.claims.subjects import Subjects as Subjects
from portal.kit.claims.subjects import among as among
from portal.kit.claims.subjects import by_email as by_email
from portal.kit.claims.subjects import nobodys as nobodys
from portal.kit.claims.subjects import of_subjects as of_subjects
from portal.kit.claims.subjects import parents as parents
from portal.kit.claims.subjects import person_ids as person_ids
from portal.kit.claims.vocabulary import Blocker as Blocker
from portal.kit.claims.vocabulary import DataClaim as DataClaim
from portal.kit.claims.vocabulary import Ground as Ground
from portal.kit.claims.vocabulary import Table as Table
from portal.kit.claims.vocabulary import personal as personal
from portal.kit.claims.vocabulary import technical as technical
from portal.kit.claims.walking import is_walked as is_walked
from portal.kit.claims.walking import walk as walk
from portal.kit.claims.writers import recorded_by_staff as recorded_by_staff
from portal.kit.claims.writers import staff_may as staff_may
