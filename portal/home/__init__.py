"""The two doors: `/` for visitors, `/home` for customers.

Owns: the start page and the overview a customer lands on, from which every right is at most two more clicks away.
Refuses: any rule; each panel says what its area's service tells.
"""
