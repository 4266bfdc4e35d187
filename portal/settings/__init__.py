"""What customers set that belongs to several areas at once: what we may write to them about.

Owns: how such a page is composed of what the areas below offer, and what it says. Refuses: rules and data of its own, and
every page that changes rows of one area only, which is that area's; whatever is set here is set by the verb of its owner.
"""
