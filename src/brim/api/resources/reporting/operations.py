"""The operations on reports. Source: Stripe API reference, Report Runs and Report Types."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.reporting import handlers
from brim.api.resources.reporting import params as declared
from brim.api.resources.reporting.wire import ReportKeyObject, ReportRunObject, ReportTypeObject
from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.core.accounts import NotPlatformError
from brim.core.reports import ReportParameterError, TooManyReportsError, UnknownReportTypeError
from brim.core.time import ClockAdvancingError

REPORTING: Final = (
    Operation(
        method="GET",
        path=handlers.RUNS,
        operation_id="GetReportingReportRuns",
        summary="List all report runs",
        description="Returns your report runs, newest first.",
        parameters=declared.RUN_LIST,
        handler=handlers.list_runs,
        resource="reporting",
        level="read",
        returns=ReportRunObject,
        in_list=True,
        errors=(ResourceMissingError, ExclusiveParametersError),
    ),
    Operation(
        method="POST",
        path=handlers.RUNS,
        operation_id="PostReportingReportRuns",
        summary="Create a report run",
        description=(
            "Runs a report. It is `pending` until a worker has run it, usually within seconds; then `result` is its "
            "CSV file, and `brim` has totals, the rows as JSON, and a signed manifest. When it ends, the event "
            "`reporting.report_run.succeeded` or `reporting.report_run.failed` is sent."
        ),
        parameters=declared.RUN_CREATE,
        handler=handlers.create_run,
        resource="reporting",
        level="write",
        returns=ReportRunObject,
        errors=(
            UnknownReportTypeError,
            ReportParameterError,
            NotPlatformError,
            ResourceMissingError,
            TooManyReportsError,
            ClockAdvancingError,
        ),
    ),
    Operation(
        method="GET",
        path=f"{handlers.RUNS}/{{report_run}}",
        operation_id="GetReportingReportRunsReportRun",
        summary="Retrieve a report run",
        description="Returns a report run. Download its files from their `url`, with your key.",
        parameters=declared.RUN_RETRIEVE,
        handler=handlers.retrieve_run,
        resource="reporting",
        level="read",
        returns=ReportRunObject,
        errors=(ResourceMissingError,),
    ),
    Operation(
        method="GET",
        path=handlers.TYPES_URL,
        operation_id="GetReportingReportTypes",
        summary="List all report types",
        description="Returns the reports that can be run, with their columns.",
        parameters=declared.TYPE_LIST,
        handler=handlers.list_types,
        resource="reporting",
        level="read",
        returns=ReportTypeObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path=f"{handlers.TYPES_URL}/{{report_type}}",
        operation_id="GetReportingReportTypesReportType",
        summary="Retrieve a report type",
        description="Returns a type of report.",
        parameters=declared.TYPE_RETRIEVE,
        handler=handlers.retrieve_type,
        resource="reporting",
        level="read",
        returns=ReportTypeObject,
        errors=(ResourceMissingError,),
    ),
    Operation(
        method="GET",
        path=handlers.KEY,
        operation_id="GetBrimReportKey",
        summary="Retrieve the public key of reports",
        description=(
            "Returns the public key with which anyone can verify that a report's manifest was signed by this server."
        ),
        parameters=(),
        handler=handlers.retrieve_key,
        resource="reporting",
        level="read",
        returns=ReportKeyObject,
    ),
)
