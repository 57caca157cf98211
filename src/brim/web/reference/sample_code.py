"""Samples marked up: coloured once for all readers, for colouring takes a while, with each reader's own words put in.

Address and key are the reader's, so they are kept nowhere: what is kept has stand-ins in their place.
"""

import re
from typing import Final

import msgspec
from markupsafe import Markup

from brim.web.reference.prose import coloured, own_coloured
from brim.web.samples.languages import Language
from brim.web.samples.sample import Sample

_BASE: Final = "http://base.brim.invalid:12111"
_KEY: Final = "sk_test_stand_in_for_a_key"
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.:/-]+")
"""What every language writes as it stands. Another address, such as one of IPv6, is quoted in some."""


def coloured_sample(sample: Sample, language: Language) -> Markup:
    """Return a sample of the reference's own in a language, as marked-up lines."""
    code = language.write(sample)
    stand_in = language.write(msgspec.structs.replace(sample, base=_BASE, key=_KEY))
    is_plain = _PLAIN.fullmatch(sample.base) and _PLAIN.fullmatch(sample.key)
    if not is_plain or _with_words_of(sample, stand_in) != code:  # one language takes an address apart
        return coloured(code, language.lexer)
    return Markup(_with_words_of(sample, own_coloured(stand_in, language.lexer)))  # noqa: S704  they are plain


def _with_words_of(sample: Sample, text: str) -> str:
    return str(text).replace(_BASE, sample.base).replace(_KEY, sample.key)
