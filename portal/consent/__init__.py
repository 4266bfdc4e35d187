"""Every dated decision of a subject per purpose: grants, refusals, objections, restrictions (P15, P22, P27).

Owns the purposes, the question whether a purpose may be served, the banner, the consent cookie, and the condition under
which a page carries Google Analytics. Refuses to know people: a subject is an id, of a person or of a browser that decided.
"""
