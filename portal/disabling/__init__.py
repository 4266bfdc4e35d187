"""Accounts disabled for a breach of the Terms: proposed by one senior, decided by another, open to an appeal (P38).

Owns each such decision with its reason, the page that its person sees, and the appeal. Refuses: one senior alone, a decision
without a rule and a reason, and to touch a role or a datum: a disabled account keeps both, and every right over its data.
"""
