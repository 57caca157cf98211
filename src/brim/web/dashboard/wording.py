"""What the dashboard calls things: statuses, events, failures; and what it says when something was done."""

from typing import Final

STATUS_BADGES: Final = {
    "pending": ("Pending", "waiting"),
    "succeeded": ("Succeeded", "good"),
    "failed": ("Failed", "bad"),
    "canceled": ("Canceled", "plain"),
    "reversed": ("Reversed", "bad"),
    "verified": ("Verified", "good"),
    "chargeable": ("Verified", "good"),
    "consumed": ("Detached", "plain"),
    "ready": ("Ready", "good"),
    "advancing": ("Advancing", "waiting"),
    "enabled": ("Enabled", "good"),
    "disabled": ("Disabled", "plain"),
    "delivered": ("Delivered", "good"),
    "agree": ("Agree", "good"),
    "differ": ("Differ", "bad"),
    "none_yet": ("Not run yet", "plain"),
}
"""For each status of any object: what a person reads, and the tone of its badge."""

DONE: Final = {
    "created": "The top-up was made.",
    "canceled": "The top-up was canceled. No money moves.",
    "updated": "Your changes were saved.",
    "succeeded": "The money has arrived, and the balance has grown.",
    "failed": "The bank refused the debit.",
    "reversed": "The bank took the money back.",
    "clock_created": "Time stands still now in this account's test mode.",
    "clock_advancing": "The clock is on its way; what falls due happens as it passes.",
    "clock_deleted": "The clock is gone, and test mode lives in real time again.",
    "bank_added": "The bank account is on file.",
    "bank_verified": "The bank account is verified and can be debited.",
    "bank_detached": "The bank account pays for nothing new any more.",
    "bank_default": "New top-ups in that currency are paid by it where they name nothing else.",
    "profile_saved": "Your profile was saved.",
    "password_changed": "Your password was changed, and you are signed in here alone.",
    "signed_out_elsewhere": "You are signed in here alone.",
    "codes_off": "You are asked for no codes any more.",
    "operator_added": "The operator was added.",
    "operator_disabled": "The operator is disabled and signed out everywhere.",
    "operator_enabled": "The operator may sign in again.",
    "role_set": "The role was changed.",
    "codes_reset": "The operator signs in without a code until a new device is set up.",
}
"""What a page says after a form, by the word in its address; any other word says nothing."""
