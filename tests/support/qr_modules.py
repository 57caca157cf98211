"""Reads a QR code's modules from the SVG that a page shows, with no help from the library that drew it."""

import re
from typing import Final
from xml.etree import ElementTree as ET

_STEP: Final = re.compile(r"([Mmh])(-?[\d.]+)(?: ?(-?[\d.]+))?")


def modules_of(svg: str) -> list[list[bool]]:
    """Return the rows of a picture, frame and all: True for what is dark on the light ground.

    It has to be drawn as black lines one unit high on a white square that fills it.
    """
    root = ET.fromstring(svg)
    ground, lines = root
    left, top, width, height = (int(number) for number in root.attrib["viewBox"].split())
    assert (left, top, width) == (0, 0, height)
    assert ground.attrib == {"fill": "#fff", "d": f"M0 0h{width}v{width}h-{width}z"}
    assert lines.attrib.keys() == {"stroke", "d"}
    assert lines.attrib["stroke"] == "#000"
    rows = [[False] * width for _ in range(width)]
    x = y = 0.0
    for verb, first, second in _STEP.findall(lines.attrib["d"]):
        if verb == "h":
            for column in range(int(x), int(x) + int(first)):
                rows[int(y)][column] = True
            x += int(first)
        else:
            absolute = verb == "M"
            x, y = (0.0 if absolute else x) + float(first), (0.0 if absolute else y) + float(second)
    return rows
