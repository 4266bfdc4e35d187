"""Organisations: customers who work together, what each is there, and what happened (P35).

Owns the organisations, their people with one role each, invitations, and the log of what was done. Refuses: an organisation
without an Owner, a right that outlives its membership, and any power of staff over who is in and who owns (P09).
"""
