"""The promises of the policy, each with its checks and their last results, in public.

Owns: the catalogue of promises, running the checks that app.py hands in, the page /promises. Refuses: knowing how an area
keeps a promise, and calling a promise kept that no check has looked at.
"""
