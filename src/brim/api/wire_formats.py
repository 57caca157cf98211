"""Every wire format that the core has something written in: the one place where they are registered.

Whoever starts a process that writes events passes `WIRE_FORMATS` on: the API process, the worker, and tests.
"""

from functools import partial
from typing import Final

from brim.api.resources.ach.refund_wire import refund_json
from brim.api.resources.ach.return_rate_wire import changed_rate_json
from brim.api.resources.ach.return_wire import return_json
from brim.api.resources.ach.reversal_wire import reversal_json
from brim.api.resources.ach.wire import bank_file_json, break_json, correction_json, file_json
from brim.api.resources.authorizations.wire import microdeposits_json, prenote_json
from brim.api.resources.balance.wire import balance_json
from brim.api.resources.events.wire import event_json
from brim.api.resources.funding.wire import source_json
from brim.api.resources.negative_balances.wire import negative_balance_json
from brim.api.resources.push.wire import transfer_json
from brim.api.resources.reporting.wire import run_json
from brim.api.resources.test_helpers.wire import clock_json
from brim.api.resources.topups.wire import topup_json
from brim.api.resources.v2_core.destination_wire import destination_json
from brim.api.resources.v2_core.event_wire import notification_json, thin_json
from brim.api.resources.webhooks.wire import endpoint_json
from brim.core.events import ObjectType, Renderers

WIRE_FORMATS: Final = Renderers(
    {
        ObjectType.TOPUP: topup_json,
        ObjectType.BALANCE: balance_json,
        ObjectType.TEST_CLOCK: clock_json,
        ObjectType.ACH_FILE: file_json,
        ObjectType.BANK_FILE: bank_file_json,
        ObjectType.BREAK: break_json,
        ObjectType.RETURN_RATE: changed_rate_json,
        ObjectType.CORRECTION: correction_json,
        ObjectType.ACH_RETURN: return_json,
        ObjectType.ACH_REVERSAL: reversal_json,
        ObjectType.REFUND: refund_json,
        ObjectType.INCOMING_TRANSFER: transfer_json,
        ObjectType.PRENOTE: prenote_json,
        ObjectType.MICRODEPOSITS: microdeposits_json,
        ObjectType.NEGATIVE_BALANCE: negative_balance_json,
        ObjectType.REPORT_RUN: run_json,
        ObjectType.WEBHOOK_ENDPOINT: partial(endpoint_json, with_extras=True),
        ObjectType.EVENT_DESTINATION: destination_json,
        ObjectType.SOURCE: source_json,
        ObjectType.EVENT: event_json,
        ObjectType.THIN_EVENT: thin_json,
        ObjectType.EVENT_NOTIFICATION: notification_json,
    }
)
