"""Samples hold what they are given, whatever it is, and each language's own parser takes them where it is at hand."""

import ast
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brim.api.resources.operations import OPERATIONS
from brim.http.form import decode_form
from brim.web.operation_names import verb_of
from brim.web.reference.catalogue import Catalogue
from brim.web.reference.examples import path_id_of, values_of
from brim.web.samples import cli, curl, python
from brim.web.samples.languages import BY_KEY, LANGUAGES
from brim.web.samples.sample import Sample
from tests.support.making import all_entries

BASE: Final = "http://127.0.0.1:12111"
KEY: Final = "sk_test_123456789012"
CREATE: Final = next(each for each in OPERATIONS if each.operation_id == "PostTopups")
FAIL: Final = next(each for each in OPERATIONS if each.operation_id == "PostTestHelpersTopupsTopupFail")
PATIENCE_S: Final = 120
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
keys = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="[]"), min_size=1, max_size=10)


def sample_of(values: Mapping[str, Any], operation: Any = CREATE) -> Sample:
    return Sample(operation=operation, path_id="tu_1", values=values, base=BASE, key=KEY)


SAMPLES: Final = [
    Sample(
        operation=entry.operation,
        path_id=path_id_of(entry.operation),
        values=values_of(entry.operation),
        base=BASE,
        key=KEY,
    )
    for entry in all_entries(Catalogue(OPERATIONS))
]
HEADERS: Final = {"idempotency_key": "order 6735", "account": "acct_1"}
WITH_HEADERS: Final = [msgspec.structs.replace(sample, **HEADERS) for sample in SAMPLES]


@given(description=texts, pairs=st.dictionaries(keys, texts, min_size=1, max_size=3))
@settings(max_examples=60)
def test_whatever_is_sent_arrives_from_a_shell(description: str, pairs: dict[str, str]) -> None:
    values = {"amount": 2000, "description": description, "metadata": pairs}
    flat = {"amount": "2000", "description": description, **{f"metadata[{key}]": text for key, text in pairs.items()}}
    words = shlex.split(curl.write(sample_of(values)).replace("\\\n", " "))
    sent = [word for flag, word in pairwise(words) if flag in {"-d", "--data-urlencode"}]
    assert dict(word.split("=", 1) for word in sent if not word.startswith("metadata")) == {
        "amount": "2000",
        "description": description,
    }
    raw = shlex.split(" ".join(cli.command(sample_of(values, FAIL))))[3:]
    assert sorted(raw[1::2]) == sorted(f"{name}={text}" for name, text in flat.items())


@given(description=texts, pairs=st.dictionaries(keys, texts, min_size=1, max_size=3))
@settings(max_examples=60)
def test_whatever_is_sent_is_a_literal_of_python(description: str, pairs: dict[str, str]) -> None:
    values = {"amount": 2000, "description": description, "metadata": pairs, "expand": ["a"], "connect": True}
    call = ast.parse(python.write(sample_of(values))).body[-1]
    assert isinstance(call, ast.Assign)
    assert isinstance(call.value, ast.Call)
    assert ast.literal_eval(call.value.args[-1]) == values


def test_curl_leaves_plain_what_needs_no_encoding_and_encodes_the_rest() -> None:
    line = curl.write(sample_of({"amount": 1, "description": "a&b=c d+e%"}))
    assert "-d amount=1" in line
    assert '--data-urlencode "description=a&b=c d+e%"' in line
    assert decode_form(b"description=a%26b%3Dc+d%2Be%25") == {"description": "a&b=c d+e%"}


def test_what_no_sdk_knows_is_a_raw_request() -> None:
    written = {key: language.write(sample_of({"failure_code": "no_account"}, FAIL)) for key, language in BY_KEY.items()}
    for key, word in {"python": "raw_request", "node": "rawRequest", "ruby": "raw_request", "php": "rawRequest",
                      "go": "RawRequest", "java": "rawRequest", "dotnet": "RawRequestAsync"}.items():  # fmt: skip
        assert word in written[key]


BY_ID: Final = {each.operation_id: each for each in OPERATIONS}


@pytest.mark.parametrize(
    ("operation_id", "name"),
    [
        ("GetTopups", "topups"),
        ("GetBrimAccounts", "account_summaries"),
        ("GetBrimFundingInstructions", "funding_instructions"),
        ("GetBrimBreaks", "found_breaks"),
        ("GetTopupsTopup", "topup"),
    ],
)
def test_what_a_sample_receives_is_named_in_the_singular_or_the_plural(operation_id: str, name: str) -> None:
    assert sample_of({}, BY_ID[operation_id]).result == name


def test_no_example_has_a_made_up_id_or_text() -> None:
    """`/v1/brim/rails/rail_1` is no rail, and `reason=text` says nothing."""
    assert [each.path_id for each in SAMPLES if each.path_id.endswith("_1")] == []
    assert [each.operation.operation_id for each in SAMPLES if "text" in each.values.values()] == []


VERIFY: Final = BY_ID["PostSourcesSourceVerify"]
TOKEN: Final = BY_ID["PostTokens"]


def test_go_has_a_client_of_its_own_for_raw_requests() -> None:
    """stripe-go's `Client` has no such method: a sample that called it did not compile."""
    code = BY_KEY["go"].write(sample_of({"failure_code": "no_account"}, FAIL))
    assert '"github.com/stripe/stripe-go/v86/rawrequest"' in code
    assert "raw := rawrequest.Client{" in code
    assert "NewClient" not in code


def test_go_is_spared_the_names_that_its_library_has_not() -> None:
    assert "SourceVerifyParams" not in BY_KEY["go"].write(sample_of({"values": ["32", "45"]}, VERIFY))
    assert "BankAccount: &stripe.BankAccountParams{" in BY_KEY["go"].write(
        sample_of({"bank_account": {"country": "US"}}, TOKEN)
    )


@pytest.mark.parametrize(
    ("operation_id", "imported", "kind"),
    [
        ("GetTopups", "com.stripe.model.StripeCollection", "StripeCollection<Topup>"),
        ("GetV2CoreEvents", "com.stripe.model.v2.StripeCollection", "StripeCollection<Event>"),
        ("DeleteWebhookEndpointsWebhookEndpoint", "com.stripe.model.WebhookEndpoint", "WebhookEndpoint"),
        ("DeleteV2CoreEventDestinationsId", "com.stripe.model.v2.DeletedObject", "DeletedObject"),
        ("PostV2CoreEventDestinationsIdPing", "com.stripe.model.v2.core.Event", "Event"),
    ],
)
def test_java_names_the_type_that_its_library_returns(operation_id: str, imported: str, kind: str) -> None:
    code = BY_KEY["java"].write(sample_of({}, BY_ID[operation_id]))
    assert f"import {imported};" in code
    assert f"    {kind} " in code


def test_java_writes_as_texts_what_its_library_takes_as_texts() -> None:
    assert '.addValue("32")' in BY_KEY["java"].write(sample_of({"values": [32, 45]}, VERIFY))
    assert '.setCountry("US")' in BY_KEY["java"].write(sample_of({"bank_account": {"country": "US"}}, TOKEN))


def test_a_raw_request_of_java_has_content_where_it_is_a_post() -> None:
    assert '/succeed", "", null)' in BY_KEY["java"].write(sample_of({}, BY_ID["PostTestHelpersTopupsTopupSucceed"]))
    assert 'verification", null, null)' in BY_KEY["java"].write(sample_of({}, BY_ID["GetBrimVerification"]))


def test_dotnet_names_options_of_the_second_version_in_full() -> None:
    """Two namespaces have an EventListOptions: with both in use the compiler takes neither."""
    code = BY_KEY["dotnet"].write(sample_of({"limit": 3}, BY_ID["GetV2CoreEvents"]))
    assert "new Stripe.V2.Core.EventListOptions" in code
    assert "using Stripe.V2" not in code
    destination = {"webhook_endpoint": {"url": "http://127.0.0.1:9/"}}
    code = BY_KEY["dotnet"].write(sample_of(destination, BY_ID["PostV2CoreEventDestinations"]))
    assert "new Stripe.V2.Core.EventDestinationCreateWebhookEndpointOptions" in code


def test_dotnet_calls_no_result_by_a_word_of_the_language() -> None:
    assert "var stripeEvent = client.V1.Events.Get(" in BY_KEY["dotnet"].write(sample_of({}, BY_ID["GetEventsId"]))


def test_a_raw_request_of_dotnet_has_content_only_where_it_is_a_post() -> None:
    """Its library refuses any other with content, even an empty text."""
    assert '/succeed", "")' in BY_KEY["dotnet"].write(sample_of({}, BY_ID["PostTestHelpersTopupsTopupSucceed"]))
    assert 'verification")' in BY_KEY["dotnet"].write(sample_of({}, BY_ID["GetBrimVerification"]))


def test_dotnet_writes_as_texts_what_its_library_takes_as_texts() -> None:
    assert 'new List<string> { "32", "45" }' in BY_KEY["dotnet"].write(sample_of({"values": [32, 45]}, VERIFY))


@pytest.mark.parametrize(
    ("key", "library", "client"),
    [
        ("ruby", f'Stripe.api_base = "{BASE}"', f'StripeClient.new("{KEY}", api_base: "{BASE}")'),
        (
            "php",
            f"\\Stripe\\Stripe::$apiBase = '{BASE}';",
            f"StripeClient(['api_key' => '{KEY}', 'api_base' => '{BASE}'])",
        ),
    ],
)
def test_ruby_and_php_are_told_the_address_for_the_library_and_for_the_client(
    key: str, library: str, client: str
) -> None:
    """Neither takes the other's: with only one of them requests went to the vendor, key and all."""
    for sample in SAMPLES:
        code = BY_KEY[key].write(sample)
        assert library in code
        assert client in code


def test_php_asks_for_lists_by_the_name_that_its_library_has_for_them() -> None:
    listing = next(each for each in OPERATIONS if each.operation_id == "GetTopups")
    assert "$stripe->topups->all(" in BY_KEY["php"].write(sample_of({"limit": 3}, listing))


def test_a_raw_request_of_php_has_parameters_beside_the_path_only_where_they_are_posted() -> None:
    """Its library refuses them with every other method."""
    listing = next(each for each in OPERATIONS if each.operation_id == "GetBrimRequestLogs")
    code = BY_KEY["php"].write(sample_of({"path": "it's/here", "status": 400}, listing))
    assert "rawRequest('get', '/v1/brim/request_logs?path=it%27s/here&status=400')" in code
    code = BY_KEY["php"].write(sample_of({"failure_code": "no_account"}, FAIL))
    assert "rawRequest('post', '/v1/test_helpers/topups/tu_1/fail', [" in code


def test_ruby_never_fills_in_what_is_sent() -> None:
    code = BY_KEY["ruby"].write(sample_of({"description": "#{x} #$y #@z # a"}))
    assert r'"\#{x} \#$y \#@z # a"' in code


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.operation_id)
def test_every_operation_has_a_word_for_what_it_does(operation: Any) -> None:
    assert verb_of(operation).replace("_", "").isalpha()


def run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def write_all(key: str, ending: str, folder: Path) -> list[str]:
    """Write every sample of a language into a file of its own, and return their names."""
    names = []
    for number, sample in enumerate(chain(SAMPLES, WITH_HEADERS)):
        name = f"sample{number}.{ending}"
        (folder / name).write_text(BY_KEY[key].write(sample), encoding="utf-8")
        names.append(name)
    return names


@pytest.mark.parametrize(
    ("key", "ending", "command"),
    [
        ("go", "go", ["gofmt", "-e", "-l"]),
        ("ruby", "rb", ["ruby", "-wc"]),
        ("php", "php", ["php", "-l"]),
    ],
)
def test_the_parser_of_a_language_takes_every_sample(key: str, ending: str, command: list[str], tmp_path: Path) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]} on this machine")
    for name in write_all(key, ending, tmp_path):
        run([*command, name], tmp_path)


PARSER: Final = """
import java.nio.file.*; import java.util.*; import javax.tools.*; import com.sun.source.util.JavacTask;
public class Parser {
  public static void main(String[] names) throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    for (String name : names) {
      DiagnosticCollector<JavaFileObject> faults = new DiagnosticCollector<>();
      StandardJavaFileManager files = compiler.getStandardFileManager(faults, null, null);
      JavacTask task = (JavacTask) compiler.getTask(null, files, faults, null, null, files.getJavaFileObjects(name));
      task.parse();
      if (!faults.getDiagnostics().isEmpty()) throw new Exception(name + ": " + faults.getDiagnostics());
    }
  }
}
"""


def test_the_parser_of_java_takes_every_sample(tmp_path: Path) -> None:
    if shutil.which("javac") is None:
        pytest.skip("there is no javac on this machine")
    names = write_all("java", "java", tmp_path)
    (tmp_path / "Parser.java").write_text(PARSER)
    run(["javac", "Parser.java"], tmp_path)
    run(["java", "-cp", ".", "Parser", *names], tmp_path)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.key)
def test_headers_are_in_the_code_of_every_language_and_nowhere_unasked(language: Any) -> None:
    for plain, sample in zip(SAMPLES, WITH_HEADERS, strict=True):
        code = language.write(sample)
        assert "order 6735" in code
        assert "acct_1" in code.replace(sample.path_id, "")
        assert "dempotency" not in language.write(plain).partition("--data")[0]


def test_headers_are_options_of_pythons_library() -> None:
    call = ast.parse(python.write(msgspec.structs.replace(sample_of({"amount": 1}), **HEADERS))).body[-1]
    assert isinstance(call, ast.Assign)
    assert isinstance(call.value, ast.Call)
    assert ast.literal_eval(call.value.keywords[0].value) == {
        "idempotency_key": "order 6735",
        "stripe_account": "acct_1",
    }


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.key)
def test_every_sample_names_the_key_and_the_address(language: Any) -> None:
    host = BASE.rpartition("/")[2].partition(":")[0]
    for sample in SAMPLES:
        code = language.write(sample)
        assert KEY in code
        assert host in code
        assert "None" not in code
        assert code == "\n".join(line.rstrip() for line in code.split("\n"))
