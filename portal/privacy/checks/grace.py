"""How late the work of this area may be."""

from datetime import timedelta

GRACE = timedelta(hours=3)
"""How late an hourly sweep may be before a period counts as broken."""
