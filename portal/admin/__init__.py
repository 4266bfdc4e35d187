"""The staff console: pages for our own team, each acting only through the services below it.

Owns: the console's pages and their gate. Refuses: every way to customer data but a ticket, and to anybody who is not staff
with a second factor the fact that it exists. Holds no data of its own.
"""
