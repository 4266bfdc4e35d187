"""Letters and their way out.

Owns: rendering a letter in its recipient's language, the outbox in the caller's transaction, delivery with retries, the
development mailbox. Refuses: deciding who gets a letter. A letter's content and address are blanked once it is delivered.
"""
