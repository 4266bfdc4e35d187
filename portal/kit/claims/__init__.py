"""The data register: what each area holds of whom, why, on which ground and how long.

An area declares a `Claim`. Export, erasure, verification, retention sweeps, the data table of the policy and the record
of processing are all read from the claims (P02, P24, P28). A column that no claim names fails the tests.
"""

from portal.kit.claims.dataset import Dataset as Dataset
from portal.kit.claims.dataset import Field as Field
from portal.kit.claims.register import Register as Register
from portal.kit.claims.register import RegisterRow as RegisterRow
from portal.kit.claims.register import init_app as init_app
from portal.kit.claims.register import register as register
from portal.kit.claims.subjects import FormerEmail as FormerEmail
from portal.kit.claims.subjects import Subject as Subject
from portal.kit.claims.subjects import Whose as Whose
from portal.kit.claims.subjects import of_subjects as of_subjects
from portal.kit.claims.vocabulary import SAYS_NOTHING as SAYS_NOTHING
from portal.kit.claims.vocabulary import UNTIL_ERASED as UNTIL_ERASED
from portal.kit.claims.vocabulary import Claim as Claim
from portal.kit.claims.vocabulary import Column as Column
from portal.kit.claims.vocabulary import Ground as Ground
from portal.kit.claims.vocabulary import Keep as Keep
from portal.kit.claims.vocabulary import Kept as Kept
from portal.kit.claims.vocabulary import Retain as Retain
from portal.kit.claims.vocabulary import Rule as Rule
from portal.kit.claims.vocabulary import Table as Table
from portal.kit.claims.vocabulary import Until as Until
from portal.kit.claims.vocabulary import personal as personal
from portal.kit.claims.vocabulary import technical as technical
