"""The customer's own pages: profile, photo, e-mail, password, security, communication.

Owns: how these pages are composed of what the areas below offer, and what they say. Refuses: rules and data of its own;
whatever is changed here is changed by the verb of the area that owns it.
"""
