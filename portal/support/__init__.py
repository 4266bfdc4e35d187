"""The helpdesk: what people write to us, what we answer, and the files beside it.

Owns: tickets, messages, attachments with their expiry, the public contact form, redaction.
Refuses: deciding for an account, files that are not what they say, and showing one customer's ticket to another.
"""
