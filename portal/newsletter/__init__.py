"""The newsletter's list: in by a confirmed address alone, out by one press (P17, P18).

Owns subscribers and the suppression, which is a keyed hash. Refuses to hold an address that nobody confirmed, to put one
into a link, to say whether an address is on the list, and to write an email without its way out.
"""
