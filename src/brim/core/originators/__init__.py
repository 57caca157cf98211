"""Who may debit bank accounts, and how far: originators, authorizations, caps and stops.

A platform's live top-ups are collected by its active originator. Neighbours: `rails.ach` has the profile and its
calendar; `topups` asks here before a live create; `ach` makes the files. Start reading at `rules`, then `service`.
"""

from brim.core.originators.authorizations import (
    NewAuthorization,
    create_authorization,
    end_authorization,
    list_authorizations,
    retrieve_authorization,
)
from brim.core.originators.collection import CollectionTerms, Debit, find_collection_terms
from brim.core.originators.exposure_store import DayUse, add_exposures, list_day_uses, reduce_source_exposures
from brim.core.originators.exposures import Exposure, ExposureKind, exposures_of
from brim.core.originators.readiness import Blocker, Facts, Folder, Readiness, in_charge, judge
from brim.core.originators.rules import (
    COLLECTION_ERRORS,
    Authorization,
    CapError,
    DayCapError,
    EntryCapError,
    LiveModeNotReadyError,
    NotAuthorizedError,
    Originator,
    OriginatorStateError,
    OriginatorStatus,
    RailStoppedError,
    SecondPersonError,
    SourceCapError,
    UnexpectedVersionError,
    check_is_person,
    check_person,
)
from brim.core.originators.service import (
    activate_originator,
    authorize,
    find_originator,
    list_active_originators,
    list_originators,
    read_account_number,
    resume_rail,
    save_originator,
    stop_rail,
    suspend_originator,
)
from brim.core.originators.store import Stop, list_stops, originator_from_record

__all__ = [
    "COLLECTION_ERRORS",
    "Authorization",
    "Blocker",
    "CapError",
    "CollectionTerms",
    "DayCapError",
    "DayUse",
    "Debit",
    "EntryCapError",
    "Exposure",
    "ExposureKind",
    "Facts",
    "Folder",
    "LiveModeNotReadyError",
    "NewAuthorization",
    "NotAuthorizedError",
    "Originator",
    "OriginatorStateError",
    "OriginatorStatus",
    "RailStoppedError",
    "Readiness",
    "SecondPersonError",
    "SourceCapError",
    "Stop",
    "UnexpectedVersionError",
    "activate_originator",
    "add_exposures",
    "authorize",
    "check_is_person",
    "check_person",
    "create_authorization",
    "end_authorization",
    "exposures_of",
    "find_collection_terms",
    "find_originator",
    "in_charge",
    "judge",
    "list_active_originators",
    "list_authorizations",
    "list_day_uses",
    "list_originators",
    "list_stops",
    "originator_from_record",
    "read_account_number",
    "reduce_source_exposures",
    "resume_rail",
    "retrieve_authorization",
    "save_originator",
    "stop_rail",
    "suspend_originator",
]
