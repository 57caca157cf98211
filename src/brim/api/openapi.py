"""The OpenAPI document, built from the table of operations that routes and validates.

Forms are written as clients send them: objects as `metadata[key]=x` (deepObject), arrays as `expand[]=x`.
Neighbours: `params` describes what is sent, `schemas` what is answered, `errors` what goes wrong.
"""

from collections.abc import Container, Iterable, Sequence
from http import HTTPStatus
from typing import Final

from brim import __version__
from brim.api.framework import errors as failures
from brim.api.framework.errors import ErrorObject, place_of
from brim.api.framework.operation import Operation
from brim.api.framework.params import Errors, Parameter, Schema, parameter_errors
from brim.api.published import component_schemas, list_of, parameters_schema, reference_to, v2_list_of
from brim.base.errors import (
    BrimError,
    DatabaseUnavailableError,
    ExclusiveParametersError,
    OverloadedError,
    ResourceMissingError,
)
from brim.base.metadata import TooMuchMetadataError
from brim.core.events import DEFAULT_API_VERSION
from brim.core.idempotency import MAX_KEY_LENGTH, IdempotencyMismatchError
from brim.http.parameter_errors import (
    ConflictingParameterError,
    MalformedEncodingError,
    MalformedJsonError,
    MalformedMultipartError,
    NullCharacterError,
    ParameterNameTooLongError,
    ParameterTooDeepError,
    TooManyParametersError,
)

_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"
_MULTIPART: Final = "multipart/form-data"
_FORM_ERRORS: Final[Errors] = (
    MalformedEncodingError,
    NullCharacterError,
    TooManyParametersError,
    ParameterNameTooLongError,
    ParameterTooDeepError,
    ConflictingParameterError,
)
_ERRORS_OF_ALL: Final[Errors] = (
    failures.MissingApiKeyError,
    failures.MalformedAuthorizationError,
    failures.InvalidApiKeyError,
    failures.ApiKeyExpiredError,
    failures.PublishableKeyError,
    failures.PermissionMissingError,
    failures.AccountUnreachableError,
    failures.TwoAccountsError,
    failures.InvalidApiVersionError,
    failures.RateLimitedError,
    OverloadedError,
    failures.InternalError,
    DatabaseUnavailableError,
)
_ERRORS_OF_KEYS: Final[Errors] = (
    failures.EmptyIdempotencyKeyError,
    failures.IdempotencyKeyTooLongError,
    IdempotencyMismatchError,
)
_JSON_ERRORS: Final[Errors] = (
    failures.JsonExpectedError,
    MalformedJsonError,
)
_BEFORE_ALL: Final[dict[int, str]] = {
    HTTPStatus.BAD_REQUEST: "The request isn't valid HTTP.",
    HTTPStatus.REQUEST_TIMEOUT: "The request took too long to arrive.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than `BRIM_MAX_BODY`.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "The URL is longer than `BRIM_MAX_HEADER`.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The headers are larger than `BRIM_MAX_HEADER`, or more than 100.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Too many connections are open.",
}
"""What the protocol refuses before there is a request that could have an id."""

_HEADERS: Final[dict[str, Schema]] = {
    "Request-Id": {
        "description": "Identifies this request in the server's log.",
        "schema": {"type": "string", "pattern": "^req_[0-9A-Za-z]{14}$"},
    },
    "Stripe-Version": {
        "description": "The API version of the response.",
        "schema": {"type": "string"},
    },
}
_HEADERS_OF_401: Final[dict[str, Schema]] = {
    "WWW-Authenticate": {
        "description": "How a key is sent: as a bearer token.",
        "schema": {"type": "string"},
    },
}
_REQUEST_HEADERS: Final[dict[str, Schema]] = {
    "stripe_version": {
        "name": "Stripe-Version",
        "in": "header",
        "description": "The API version to respond in: a date, with the release's name if it has one.",
        "schema": {"type": "string", "examples": [DEFAULT_API_VERSION]},
    },
    "stripe_account": {
        "name": "Stripe-Account",
        "in": "header",
        "description": "The account to act for, if the key is allowed to.",
        "schema": {"type": "string", "examples": ["acct_1NG8Du2eZvKYlo2C"]},
    },
    "stripe_context": {
        "name": "Stripe-Context",
        "in": "header",
        "description": "The account to act for, as in a thin event's `context`. `Stripe-Account` can't name another.",
        "schema": {"type": "string", "examples": ["acct_1NG8Du2eZvKYlo2C"]},
    },
    "idempotency_key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A unique string that identifies the request, so that a retry gets the first response again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH},
    },
}
_SECURITY_SCHEMES: Final[dict[str, Schema]] = {
    "bearerAuth": {"type": "http", "scheme": "bearer", "description": "The secret key as a bearer token."},
    "basicAuth": {"type": "http", "scheme": "basic", "description": "The secret key as user name, no password."},
}


def build_openapi(operations: Sequence[Operation], *, server: str = "/") -> Schema:
    """Return the OpenAPI 3.1 document of these operations, which are at the URL `server`."""
    paths: dict[str, Schema] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Brim",
            "version": __version__,
            "description": f"Tops up prepaid balances, compatible with version {DEFAULT_API_VERSION} of Stripe's API.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server, "description": "This server."}],
        "security": [{name: []} for name in _SECURITY_SCHEMES],
        "tags": [{"name": name} for name in dict.fromkeys(operation.resource for operation in operations)],
        "paths": paths,
        "components": {
            "schemas": component_schemas(),
            "parameters": _REQUEST_HEADERS,
            "headers": {**_HEADERS, **_HEADERS_OF_401},
            "securitySchemes": _SECURITY_SCHEMES,
        },
    }


def _operation(operation: Operation) -> Schema:
    writes = operation.method == "POST"
    described: Schema = {
        "operationId": operation.operation_id,
        "summary": operation.summary,
        "description": "\n\n".join(filter(None, (operation.description, needed_right(operation)))),
        "tags": [operation.resource],
        "parameters": [
            *_placeholders(operation.path),
            *([] if writes else _query_parameters(operation)),
            *({"$ref": f"#/components/parameters/{name}"} for name in _request_headers(operation)),
        ],
        "responses": {"200": _success(operation), **_refusals(operation)},
    }
    if writes:
        described["requestBody"] = (_json_body if operation.is_v2 else _form_body)(operation)
        if operation.takes_file:
            described["requestBody"]["content"][_MULTIPART] = {"schema": _with_file(operation)}
    return described


def needed_right(operation: Operation) -> str:
    """Return a sentence on what a restricted key needs."""
    return f"A restricted key needs `{operation.resource}={operation.level}`."


def _placeholders(path: str) -> list[Schema]:
    names = [segment[1:-1] for segment in path.split("/") if segment.startswith("{")]
    schema = {"type": "string", "minLength": 1, "maxLength": 5000}
    return [
        {"name": name, "in": "path", "required": True, "description": "The object's id.", "schema": schema}
        for name in names
    ]


def _request_headers(operation: Operation) -> list[str]:
    return [name for name in _REQUEST_HEADERS if operation.takes_key or name != "idempotency_key"]


def _query_parameters(operation: Operation) -> list[Schema]:
    schemas = parameters_schema(operation)["properties"]
    return [_query_parameter(parameter, schemas[parameter.name]) for parameter in operation.parameters]


def _query_parameter(parameter: Parameter, described: Schema) -> Schema:
    schema = {key: value for key, value in described.items() if key != "description"}
    return {
        "name": _sent_name(parameter.name, schema),
        "in": "query",
        "required": parameter.required,
        "description": parameter.description,
        "schema": schema,
        **_encoding(schema),
    }


def _form_body(operation: Operation) -> Schema:
    """Return a request body: the same schema that validates, its arrays under the name that is sent."""
    form = parameters_schema(operation)
    schemas = form["properties"]
    form["properties"] = {_sent_name(name, schema): schema for name, schema in schemas.items()}
    if "required" in form:
        form["required"] = [_sent_name(name, schemas[name]) for name in form["required"]]
    encodings = {_sent_name(name, schema): _encoding(schema) for name, schema in schemas.items()}
    return {
        "required": "required" in form,
        "content": {_FORM: {"schema": form, "encoding": {name: how for name, how in encodings.items() if how}}},
    }


def _with_file(operation: Operation) -> Schema:
    """Return the schema of a form whose `file` is a file."""
    form = parameters_schema(operation)
    form["properties"]["file"] = {**form["properties"]["file"], "format": "binary"}
    return form


def _json_body(operation: Operation) -> Schema:
    """Return a request body of the second version: the schema that validates, as it is."""
    schema = parameters_schema(operation)
    return {"required": "required" in schema, "content": {_JSON: {"schema": schema}}}


def _sent_name(name: str, schema: Schema) -> str:
    return f"{name}[]" if schema.get("type") == "array" else name


def _encoding(schema: Schema) -> Schema:
    """Return how arrays and objects are written; nothing for what is written plainly."""
    kinds = {choice.get("type") for choice in schema.get("anyOf", [schema])}
    if "object" in kinds:
        return {"style": "deepObject", "explode": True}
    return {"style": "form", "explode": True} if "array" in kinds else {}


def _success(operation: Operation) -> Schema:
    if operation.in_list and operation.is_v2:
        return _response("A page of objects.", v2_list_of(operation.returns))
    if operation.in_list:
        return _response("A page of objects.", list_of(operation.returns, operation.path))
    return _response("The object.", reference_to(operation.returns))


def _response(description: str, schema: Schema, headers: Iterable[str] = _HEADERS) -> Schema:
    return {
        "description": description,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": {"application/json": {"schema": schema}},
    }


def _refusals(operation: Operation) -> dict[str, Schema]:
    """Return the error replies by status, each with the failures that lead to it."""
    by_status: dict[int, list[type[BrimError]]] = {}
    for error in possible_errors(operation):
        by_status.setdefault(_status(error, operation), []).append(error)
    return {
        str(status): _response(
            _sentences(HTTPStatus(status), by_status.get(status, ()), is_v2=operation.is_v2),
            reference_to(ErrorObject),
            _headers_of(status, by_status),
        )
        for status in sorted({*by_status, *_BEFORE_ALL})
    }


def _headers_of(status: int, by_status: Container[int]) -> Iterable[str]:
    """Return which headers a refusal has: none of ours where it comes before all that we do."""
    if status == HTTPStatus.UNAUTHORIZED:
        return _HEADERS_OF_401
    return _HEADERS if status in by_status else ()


def possible_errors(operation: Operation) -> Errors:
    """Return every failure that a request to this operation can be answered with, each once."""
    names = {parameter.name for parameter in operation.parameters}
    has_cursors = operation.in_list and not operation.is_v2
    keys = _ERRORS_OF_KEYS if operation.takes_key else ()
    missing = (ResourceMissingError,) if has_cursors or "{" in operation.path else ()
    cursors = (ExclusiveParametersError,) if has_cursors else ()
    metadata = (TooMuchMetadataError,) if "metadata" in names else ()
    of_parameters = parameter_errors(operation.parameters)
    body = _errors_of_body(operation)
    each = (
        *_ERRORS_OF_ALL,
        *keys,
        *body,
        *_FORM_ERRORS,
        *of_parameters,
        *missing,
        *cursors,
        *metadata,
        *operation.errors,
    )
    return tuple(dict.fromkeys(each))


def _errors_of_body(operation: Operation) -> Errors:
    """Return what can be wrong with a body beside its parameters."""
    if operation.is_v2:
        return _JSON_ERRORS
    if operation.method != "POST":
        return ()
    of_files = (MalformedMultipartError,) if operation.takes_file else ()
    return (failures.UnsupportedContentTypeError, failures.FormExpectedError, *of_files)


def _status(error: type[BrimError], operation: Operation) -> int:
    """Return an error's status: an id that is not found is the path's where the path has one, else a parameter's."""
    if error is ResourceMissingError and "{" not in operation.path:
        return HTTPStatus.BAD_REQUEST
    return place_of(error, is_v2=operation.is_v2).status


def _sentences(status: HTTPStatus, errors: Iterable[type[BrimError]], *, is_v2: bool) -> str:
    """Return a list of what leads to a status, each with its code."""
    lines = [f"{status.phrase}:"]
    if status in _BEFORE_ALL:
        lines.append(f"- {_BEFORE_ALL[status]}")
    for error in errors:
        code = place_of(error, is_v2=is_v2).code
        meaning = (error.__doc__ or "").partition("\n")[0]
        lines.append(f"- `{code}`: {meaning}" if code else f"- {meaning}")
    return "\n".join(lines)
