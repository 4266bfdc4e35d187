"""Visits: what was asked of the portal in the last two weeks, from which address.

Owns: the log of visits, its addresses sealed with a key of the day, the end of each key and its rows.
Refuses: paths (they may hold a token), browser strings, any longer memory, and knowing people beyond a subject's id.
"""
