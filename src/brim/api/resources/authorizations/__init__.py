"""What the holders of bank accounts agreed to, and how live bank accounts are verified: by a prenote, or stated.

Without both no live debit is made. Brim's own. Start reading at `operations`.
"""
