"""The container's recipe, the compose file and the manifests of Kubernetes say what Brim understands.

`make container-test` builds the image and runs it; a cluster is not at hand, so the manifests are held to its schemas.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

import brim
from brim.platform.settings import SETTINGS

PACKAGING = Path(__file__).parents[2] / "packaging"
VERSION = "1.37"
MANIFESTS = sorted(path for path in (PACKAGING / "kubernetes").rglob("*.yaml") if path.name != "kustomization.yaml")
KUSTOMIZATIONS = sorted((PACKAGING / "kubernetes").rglob("kustomization.yaml"))
COMPOSE = yaml.safe_load((PACKAGING / "container" / "compose.yaml").read_text(encoding="utf-8"))
OWN_SERVICES = ("migration", "api", "worker")


def resources(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def every(value: Any, key: str) -> Iterator[Any]:
    """Yield what stands under a key, however deep."""
    if isinstance(value, dict):
        if key in value:
            yield value[key]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from every(part, key)


@pytest.mark.parametrize("path", [path for path in MANIFESTS if path.parent.name == "base"], ids=lambda path: path.name)
def test_a_manifest_is_as_the_cluster_wants_it(path: Path) -> None:
    for resource in resources(path):
        kubernetes_validate.validate(resource, VERSION, strict=True)


def test_a_field_that_the_cluster_does_not_know_is_found() -> None:
    (resource, *_) = resources(PACKAGING / "kubernetes" / "base" / "worker.yaml")
    resource["spec"]["replica"] = 2
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(resource, VERSION, strict=True)


@pytest.mark.parametrize("path", KUSTOMIZATIONS, ids=lambda path: path.parent.name)
def test_a_kustomization_names_files_that_are_there(path: Path) -> None:
    (told,) = resources(path)
    named = {*told["resources"], *(patch["path"] for patch in told.get("patches", []))}
    assert named == {file.name for file in path.parent.glob("*.yaml")} - {path.name}
    assert {image["newTag"] for image in told.get("images", [])} <= {brim.__version__}


def test_a_patch_changes_what_is_there() -> None:
    (patch,) = resources(PACKAGING / "kubernetes" / "bank-files" / "worker.yaml")
    (worker,) = resources(PACKAGING / "kubernetes" / "base" / "worker.yaml")
    assert (patch["kind"], patch["metadata"]["name"]) == (worker["kind"], worker["metadata"]["name"])
    assert {c["name"] for c in next(every(patch, "containers"))} == {"worker"}


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_pods_are_as_shut_as_they_can_be(path: Path) -> None:
    for resource in resources(path):
        if path.parent.name != "base" or resource["kind"] not in {"Deployment", "Job"}:
            continue
        pod = resource["spec"]["template"]["spec"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in pod["containers"]:
            security = container["securityContext"]
            assert security["readOnlyRootFilesystem"] is True
            assert security["allowPrivilegeEscalation"] is False
            assert security["capabilities"] == {"drop": ["ALL"]}


def test_every_variable_is_a_setting() -> None:
    known = {setting.variable for setting in SETTINGS}
    known |= {name + "_FILE" for name in known}
    named = {entry["name"] for path in MANIFESTS for env in every(resources(path), "env") for entry in env}
    named |= {name for service in OWN_SERVICES for name in COMPOSE["services"][service]["environment"]}
    recipe = (PACKAGING / "container" / "Containerfile").read_text(encoding="utf-8")
    named |= set(re.findall(r"\b(BRIM_[A-Z_]+)=", recipe))
    assert len(named) >= 5
    assert named <= known


def test_the_secrets_of_the_compose_file_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    script = tmp_path / "make-secrets.sh"
    script.write_bytes((PACKAGING / "container" / script.name).read_bytes())

    def run() -> dict[str, str]:
        subprocess.run(["sh", script], check=True)
        return {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "secrets").iterdir()}

    made = run()
    assert run() == made
    assert {f"secrets/{name}" for name in made} == {secret["file"] for secret in COMPOSE["secrets"].values()}
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()} == {0o600}
    parse = next(setting.parse for setting in SETTINGS if setting.field == "encryption_key")
    assert parse(made["encryption-key"])


def test_every_service_of_ours_is_shut() -> None:
    for name in OWN_SERVICES:
        service = COMPOSE["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
