"""Styles, scripts and pictures: read once, served from memory under addresses that change with their content.

All files share one hash in their address, so that a script's relative imports reach the same version as itself, and a
browser may keep every one of them for ever.
"""

import gzip
import hashlib
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from brim.http.message import ConstantReply, Reply
from brim.web.visit import Visit

STATIC: Final = Path(__file__).parent / "static"
PREFIX: Final = "/assets"

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_PACKED: Final = frozenset({".css", ".js", ".mjs", ".json", ".svg", ".txt"})
_FOR_EVER: Final = "Cache-Control: public, max-age=31536000, immutable"
# An address of another version's, as while a new one is rolled out: right for now, to be asked for again.
_FOR_NOW: Final = "Cache-Control: no-cache"


class MissingAssetError(LookupError):
    """A template names a file that is not there."""


class Asset:
    """One file: its bytes, and what they are.

    Args:
        content_type: of the bytes, for a browser.
        plain: the bytes.
        may_shrink: whether they are of a kind that is not packed already.
    """

    def __init__(self, content_type: str, plain: bytes, *, may_shrink: bool) -> None:
        self.content_type = content_type
        self.plain = plain
        self._may_shrink = may_shrink

    @cached_property
    def packed(self) -> bytes | None:
        """The bytes packed, where that makes them fewer; packed for the first who asks, not before a start."""
        packed = gzip.compress(self.plain, mtime=0) if self._may_shrink else None
        return packed if packed and len(packed) < len(self.plain) else None


class Assets:
    """The files of a folder.

    Args:
        folder: every file in it is served; those whose kind is unknown are left out.
    """

    def __init__(self, folder: Path = STATIC) -> None:
        self._assets = _read_assets(folder)
        digest = hashlib.sha256()
        for name, asset in sorted(self._assets.items()):
            digest.update(f"{name}\0{len(asset.plain)}\0".encode() + asset.plain)
        self.version = digest.hexdigest()[:16]

    def url(self, name: str) -> str:
        """Return the address of a file.

        Raises:
            MissingAssetError: there is none of that name.
        """
        if name not in self._assets:
            raise MissingAssetError(name)
        return f"{PREFIX}/{self.version}/{name}"

    def names(self) -> frozenset[str]:
        """Return the files' names, relative to the folder."""
        return frozenset(self._assets)

    def serve(self, visit: Visit) -> Reply | None:
        """Return the file that `/assets/{version}/{name*}` asks for, or None."""
        asset = self._assets.get(visit.path_params["name"])
        if asset is None:
            return None
        headers = [
            _FOR_EVER if visit.path_params["version"] == self.version else _FOR_NOW,
            "X-Content-Type-Options: nosniff",
            "Vary: Accept-Encoding",
        ]
        if visit.accepts_gzip and asset.packed is not None:
            return ConstantReply(200, asset.packed, [*headers, "Content-Encoding: gzip"], asset.content_type)
        return ConstantReply(200, asset.plain, headers, asset.content_type)


@lru_cache(maxsize=4)
def _read_assets(folder: Path) -> dict[str, Asset]:
    return {
        str(file.relative_to(folder)): _read_asset(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix in _TYPES
    }


def _read_asset(file: Path) -> Asset:
    return Asset(_TYPES[file.suffix], file.read_bytes(), may_shrink=file.suffix in _PACKED)
