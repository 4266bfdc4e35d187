"""Background work: a table of jobs in the portal's own database, and the worker that runs them.

Owns: enqueueing in the caller's transaction, leases, retries with backoff, schedules. Refuses: knowing what a job does.
A killed worker's job comes back when its lease ends; the effects of a job and its end are one transaction.
"""
