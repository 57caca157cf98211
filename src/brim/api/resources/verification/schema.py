"""The schemas of verifications of the books."""

from typing import Final

from brim.api.framework.params import Schema
from brim.api.framework.schema import LIVEMODE, TEXT, TIME, Component, constant
from brim.api.resources.verification import wire as verification_wire

_VERIFICATION_RUN: Final[dict[str, Schema]] = {
    "id": {"description": "Which verification it is; null before the first.", **TEXT},
    "object": constant("brim.verification"),
    "created": {"description": "When it began.", **TIME},
    "differences": {"description": "What does not agree, first things first; at most the first few are named."},
    "duration_ms": {"description": "How long it took, in milliseconds.", "minimum": 0},
    "heads": {"description": "How many hash chains there are; null when they were not followed.", "minimum": 0},
    "sealed": {"description": "How many transfers are sealed; null when the chains were not followed.", "minimum": 0},
    "status": {"description": "Whether everything agrees.", "enum": ["agree", "differ", "none_yet"]},
    "transfers": {"description": "How many transfers there are; null when not followed.", "minimum": 0},
    "unsealed": {"description": "How many transfers wait for their seal; null when not followed.", "minimum": 0},
}
_DIFFERENCE: Final[dict[str, Schema]] = {
    "account": {"description": "Whose row it is.", **TEXT},
    "expected": {"description": "What it should be; null when it should not be there."},
    "found": {"description": "What it is; null when it is not there."},
    "livemode": LIVEMODE,
    "row": {"description": "The table and what names the row in it."},
}

VERIFICATION: Final = (
    Component(verification_wire.VerificationRunObject, "brim.verification", _VERIFICATION_RUN),
    Component(verification_wire.DifferenceObject, "brim.verification_difference", _DIFFERENCE),
)
