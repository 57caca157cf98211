"""How bank accounts' CSV statements are read: their list, a form for each, and a preview of a file."""

import re
from collections.abc import Mapping
from typing import Any, Final

from brim.base.ids import random_base62
from brim.http.form import Field, flatten
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, api_path
from brim.web.dashboard.forms import Form
from brim.web.dashboard.linking import take_refusal
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.statement_mappings.fields import (
    CHOICES,
    FIELDS,
    GROUPS,
    REQUIRED,
    empty_values,
    mapping_of,
    values_of,
)
from brim.web.routes import NoSuchPageError

MAPPINGS: Final = "/v1/brim/statement_mappings"
_MOST: Final = 100
_PARAM: Final = re.compile(r"mapping\[(\w+)\].*")


async def show_all(page: SignedVisit) -> Reply:
    """`GET /statement-mappings`: the bank accounts of originators, and which have a mapping."""
    return page.reply("dashboard/statement_mappings.html", bank_accounts=await _by_bank_account(page))


async def _by_bank_account(page: SignedVisit) -> dict[str, Any]:
    """Return the mapping of each bank account that an originator has, None where there is none."""
    originators = (await page.api.get("/v1/brim/ach/originators", limit=_MOST))["data"]
    mappings = (await page.api.get(MAPPINGS, limit=_MOST))["data"]
    saved = {each["bank_account"]: each for each in mappings}
    names = {each["profile"]["bank_account"] for each in originators}
    return {name: saved.get(name) for name in sorted(names | set(saved))}


async def _find(page: SignedVisit) -> Any:
    """Return the mapping of the page's bank account, None where it has none.

    Raises:
        NoSuchPageError: no originator has such a bank account.
    """
    found = await _by_bank_account(page)
    name = page.path_params["bank_account"]
    if name not in found:
        raise NoSuchPageError
    return found[name]


async def show(page: SignedVisit) -> Reply:
    """`GET /statement-mappings/{bank_account}`."""
    saved = await _find(page)
    return _reply(page, Form(values=empty_values() if saved is None else values_of(saved["mapping"])), saved)


async def save(page: SignedVisit) -> Reply:
    """`POST /statement-mappings/{bank_account}`: the first mapping, or another version."""
    saved = await _find(page)
    form = _read(page)
    mapping = mapping_of(form.values, is_new=saved is None)
    key = page.form.get("idempotency_key") or None
    try:
        if saved is None:
            wanted: dict[str, Field] = {"bank_account": page.path_params["bank_account"], "mapping": mapping}
            await page.api.post(MAPPINGS, wanted, idempotency_key=key)
        else:
            changes: dict[str, Field] = {
                "mapping": mapping,
                "expected_version": page.form.get("expected_version") or None,
            }
            await page.api.post(api_path(MAPPINGS + "/{}", saved["id"]), changes, idempotency_key=key)
    except ApiRefusedError as error:
        _take_in(form, error)
        return _reply(page, form, saved, status=error.status)
    return page.redirect(f"/statement-mappings/{page.path_params['bank_account']}", done="mapping_saved")


async def preview(page: SignedVisit) -> Reply:
    """`POST /statement-mappings/{bank_account}/preview`: what the form as it is makes of a file; nothing is stored."""
    saved = await _find(page)
    form = _read(page)
    name, content = page.visit.files.get("file", ("", b""))
    if not content:
        form.errors["file"] = "Choose a file that is not empty."
        return _reply(page, form, saved, status=400)
    fields = _flattened(mapping_of(form.values, is_new=saved is None))
    fields["bank_account"] = page.path_params["bank_account"]
    try:
        shown = await page.api.post_file(f"{MAPPINGS}/preview", fields, name=name, content=content)
    except ApiRefusedError as error:
        _take_in(form, error)
        return _reply(page, form, saved, status=error.status)
    return _reply(page, form, saved, shown=shown)


def _flattened(mapping: Mapping[str, Field]) -> dict[str, str]:
    """Return a mapping's parameters as a form with a file has them: each item of a list has a name of its own."""
    numbered: dict[str, Field] = {
        name: {str(number): item for number, item in enumerate(value)} if isinstance(value, list) else value
        for name, value in mapping.items()
    }
    return dict(flatten("mapping", numbered))


def _read(page: SignedVisit) -> Form:
    return Form(values={name: page.form.get(name, "").strip() for name in FIELDS})


def _take_in(form: Form, error: ApiRefusedError) -> None:
    match = _PARAM.fullmatch(error.param or "")
    take_refusal(form, error, {error.param: match[1]} if match and error.param else {})


def _reply(page: SignedVisit, form: Form, saved: Any, *, shown: Any = None, status: int = 200) -> Reply:
    form.idempotency_key = random_base62(24)
    version = page.form.get("expected_version") if page.visit.request.method == "POST" else None
    return page.reply(
        "dashboard/statement_mapping.html",
        status=status,
        bank_account=page.path_params["bank_account"],
        saved=saved,
        expected_version=version or (saved["version"] if saved else ""),
        form=form,
        groups=GROUPS,
        choices=CHOICES,
        required=REQUIRED,
        shown=shown,
    )
