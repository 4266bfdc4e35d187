"""Rights: what is held, a copy of it, its deletion with proof, and the sweeps that keep every period.

Owns: exports, deletions, their receipts, and the running of every claim of the register (P24, P25, P28).
Refuses: knowing what an area holds; that is for the area's claim to say.
"""
