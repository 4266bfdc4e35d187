"""Emails and their way out.

Owns: rendering an email in its recipient's language, the outbox in the caller's transaction, delivery with retries, the
development mailbox. Refuses: deciding who gets an email. An email's content and address are blanked once it is delivered.
"""
