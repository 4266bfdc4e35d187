"""What the company says in public, and the figures it binds itself to.

Owns: every period, the company's particulars, the documents with their versions, the vendors, the cookies, the
safeguards and the pages that show them. Refuses: a figure that is written down twice, a changed text without a new
version, a vendor without notice. Keeps nothing about anybody.
"""
