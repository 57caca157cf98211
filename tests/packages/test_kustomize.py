"""Kustomize itself builds what docs/production.md tells to write (`make packaging-check` brings one)."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

ROOT = Path(__file__).parents[2]
VERSION = "1.37"
KUBECTL = os.environ.get("KUBECTL")
OVERLAY = re.compile(r"```yaml\n(apiVersion: kustomize\.config.*?)```", re.DOTALL)

pytestmark = pytest.mark.skipif(KUBECTL is None, reason="no kubectl is named in KUBECTL (make packaging-check)")


def build(folder: Path) -> list[dict[str, Any]]:
    built = subprocess.run([str(KUBECTL), "kustomize", folder], capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, "")
    resources = list(yaml.safe_load_all(built.stdout))
    for resource in resources:
        kubernetes_validate.validate(resource, VERSION, strict=True)
    return resources


def named(resources: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    (found,) = (each for each in resources if (each["kind"], each["metadata"]["name"]) == (kind, name))
    return found


def test_the_base_is_whole_by_itself() -> None:
    resources = build(ROOT / "packaging" / "kubernetes" / "base")
    assert sorted(each["kind"] for each in resources) == [
        "Deployment",
        "Deployment",
        "Job",
        "PodDisruptionBudget",
        "Service",
        "ServiceAccount",
    ]
    assert named(resources, "Deployment", "brim-worker")["spec"]["replicas"] == 2
    assert all(each["metadata"]["labels"]["app.kubernetes.io/name"] == "brim" for each in resources)


def test_the_overlay_of_the_docs_names_the_image_and_gives_one_worker_the_volume(tmp_path: Path) -> None:
    (overlay,) = OVERLAY.findall((ROOT / "docs" / "production.md").read_text(encoding="utf-8"))
    shutil.copytree(ROOT / "packaging" / "kubernetes", tmp_path / "packaging" / "kubernetes")
    (tmp_path / "kustomization.yaml").write_text(overlay, encoding="utf-8")
    resources = build(tmp_path)
    workloads = [each for each in resources if each["kind"] in {"Deployment", "Job"}]
    pods = [each["spec"]["template"]["spec"] for each in workloads]
    images = {container["image"] for pod in pods for container in pod["containers"]}
    assert images == {"registry.example.com/brim:0.1.0"}
    assert {each["metadata"]["namespace"] for each in resources} == {"brim"}
    worker = named(resources, "Deployment", "brim-worker")["spec"]
    assert (worker["replicas"], worker["strategy"]) == (1, {"type": "Recreate"})
    claim = named(resources, "PersistentVolumeClaim", "brim-bank-files")["metadata"]["name"]
    volumes = {each["name"]: each for each in worker["template"]["spec"]["volumes"]}
    assert volumes["bank-files"]["persistentVolumeClaim"]["claimName"] == claim
    mounted = {each["name"]: each["mountPath"] for each in worker["template"]["spec"]["containers"][0]["volumeMounts"]}
    assert mounted["bank-files"] == "/var/lib/brim"
    assert set(volumes) == set(mounted)
