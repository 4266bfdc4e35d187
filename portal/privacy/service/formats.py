"""Which data a copy holds and in which format, whosever it is."""

from portal.kit.claims import Dataset, Subject, register


def formats() -> list[Dataset]:
    """Return what a copy holds, one dataset a line of the register, about nobody: its names and its fields (P25)."""
    return list(register().export(Subject()))
