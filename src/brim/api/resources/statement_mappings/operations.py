"""The operations on mappings of CSV statements. Ours alone, for platforms."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.statement_mappings import handlers
from brim.api.resources.statement_mappings import params as declared
from brim.api.resources.statement_mappings.wire import StatementMappingObject, StatementPreviewObject
from brim.base.errors import ExclusiveParametersError, NotInTestModeError, ResourceMissingError
from brim.core.accounts import NotPlatformError
from brim.core.originators import SecondPersonError
from brim.core.reconciliation.formats import MappingError
from brim.core.statement_mappings import MappingChangedError, MappingExistsError

_ONE: Final = f"{handlers.MAPPINGS}/{{statement_mapping}}"

STATEMENT_MAPPINGS: Final = (
    Operation(
        method="GET",
        path=handlers.MAPPINGS,
        operation_id="GetBrimStatementMappings",
        summary="List statement mappings",
        description=(
            "Returns the mappings by which your bank accounts' CSV statements are read, newest first. Only available "
            "to platforms."
        ),
        parameters=declared.MAPPING_LIST,
        handler=handlers.list_mappings,
        resource="ach",
        level="read",
        returns=StatementMappingObject,
        in_list=True,
        errors=(NotPlatformError, ResourceMissingError, ExclusiveParametersError),
    ),
    Operation(
        method="POST",
        path=handlers.MAPPINGS,
        operation_id="PostBrimStatementMappings",
        summary="Create a statement mapping",
        description=(
            "Creates the mapping by which a bank account's CSV statements are read, including files that are held "
            "because there was no mapping. Try it with a preview first."
        ),
        parameters=declared.MAPPING_CREATE,
        handler=handlers.create,
        resource="ach",
        level="write",
        returns=StatementMappingObject,
        errors=(
            NotPlatformError,
            NotInTestModeError,
            SecondPersonError,
            ResourceMissingError,
            MappingError,
            MappingExistsError,
        ),
    ),
    Operation(
        method="POST",
        path=f"{handlers.MAPPINGS}/preview",
        operation_id="PostBrimStatementMappingsPreview",
        summary="Preview a statement",
        description=(
            "Returns the lines that would be read from a file of at most 2 MiB, and its findings, using the saved "
            "mapping or the fields that you send. Nothing is stored. Send the file as `multipart/form-data`."
        ),
        parameters=declared.MAPPING_PREVIEW,
        handler=handlers.preview,
        resource="ach",
        level="write",
        returns=StatementPreviewObject,
        errors=(NotPlatformError, NotInTestModeError, ResourceMissingError, MappingError),
        takes_file=True,
    ),
    Operation(
        method="GET",
        path=_ONE,
        operation_id="GetBrimStatementMappingsStatementMapping",
        summary="Retrieve a statement mapping",
        description="Returns the mapping by which a bank account's CSV statements are read.",
        parameters=(),
        handler=handlers.retrieve,
        resource="ach",
        level="read",
        returns=StatementMappingObject,
        errors=(NotPlatformError, ResourceMissingError),
    ),
    Operation(
        method="POST",
        path=_ONE,
        operation_id="PostBrimStatementMappingsStatementMapping",
        summary="Update a statement mapping",
        description=(
            "Creates a new version of a mapping, by which files are read from then on, including those that are held. "
            "Posted lines stay as they are. Earlier versions are kept in the audit log."
        ),
        parameters=declared.MAPPING_UPDATE,
        handler=handlers.update,
        resource="ach",
        level="write",
        returns=StatementMappingObject,
        errors=(NotPlatformError, SecondPersonError, ResourceMissingError, MappingError, MappingChangedError),
    ),
)
