"""Pictures that phones read: a text as a QR code, drawn on the server, so that no secret goes to another site."""

from typing import Final

from markupsafe import Markup

_QUIET_ZONE: Final = 4
"""Empty modules around a code. Source: ISO/IEC 18004, the quiet zone; readers look for it."""


def qr_picture(text: str) -> Markup:
    """Return a text as a QR code: an inline SVG of one unit for each module, as large as its frame.

    It is black on white whatever the theme, with its own quiet zone: many readers do not take a code that is light on
    dark. A seventh of it may be unreadable (level M), as on a screen that mirrors something.

    Raises:
        ValueError: the text is longer than a QR code can hold, some two thousand characters.
    """
    from segno import make_qr  # noqa: PLC0415  60 ms to load, for a page that few people see once

    code = make_qr(text, error="m")
    drawn = code.svg_inline(border=_QUIET_ZONE, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None)
    return Markup(drawn)  # noqa: S704  modules as numbers: nothing of the text is in it
