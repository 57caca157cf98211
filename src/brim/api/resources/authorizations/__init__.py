"""What the holders of bank accounts agreed to, and how a live bank account was verified, as the platform states it.

Without both no live debit is made. Brim's own. Start reading at `operations`.
"""
