"""The data register: what each area holds of whom, why, on which ground and how long.

An area declares a `Claim`. Export, erasure, verification, retention sweeps, the data table of the policy and the record
of processing are all read from the claims (P02, P24, P28). A column that no claim names fails the tests.
"""

from portal.kit.claims.dataset import Dataset, Field
from portal.kit.claims.register import Register, RegisterRow, init_app, register
from portal.kit.claims.subjects import FormerEmail, Subject, Whose, of_subjects
from portal.kit.claims.vocabulary import (
    SAYS_NOTHING,
    UNTIL_ERASED,
    Claim,
    Column,
    Ground,
    Keep,
    Kept,
    Retain,
    Rule,
    Table,
    Until,
    personal,
    technical,
)

__all__ = [
    "SAYS_NOTHING",
    "UNTIL_ERASED",
    "Claim",
    "Column",
    "Dataset",
    "Field",
    "FormerEmail",
    "Ground",
    "Keep",
    "Kept",
    "Register",
    "RegisterRow",
    "Retain",
    "Rule",
    "Subject",
    "Table",
    "Until",
    "Whose",
    "init_app",
    "of_subjects",
    "personal",
    "register",
    "technical",
]
