"""Licences: what the downloadable products run by, checked offline by anybody (P11, P12).

Owns the licence's file, its signature and the list of revoked ones. Refuses: a product that calls home, any name or address
of a machine, and a perpetual licence that stops.
"""
