"""What the reference can be searched for: one entry for each page, made from the table."""

from collections.abc import Iterable

import msgspec

from brim.api.resources.schemas import NAMES
from brim.web.reference.articles import articles
from brim.web.reference.attributes import attributes_of_object, attributes_of_parameters, words_in
from brim.web.reference.catalogue import GUIDES, Catalogue, name_of


class Found(msgspec.Struct, frozen=True):
    """One page. `words` is what it is found by, in lowercase."""

    title: str
    where: str
    url: str
    words: str


def build_index(catalogue: Catalogue) -> tuple[Found, ...]:
    """Return the entries, in the reference's order."""
    return tuple(_entries(catalogue))


def _entries(catalogue: Catalogue) -> Iterable[Found]:
    for article in articles():
        yield Found(article.title, "Guide", article.url, f"{article.title} {article.summary} {article.text}".lower())
    for guide in GUIDES:
        yield Found(guide.title, "Basics", guide.url, f"{guide.title} {guide.summary}".lower())
    for chapter in catalogue.chapters.values():
        yield Found(chapter.title, "Chapter", chapter.url, f"{chapter.title} {chapter.summary}".lower())
        struct = catalogue.object_of(chapter)
        if struct is not None:
            words = " ".join(words_in(attributes_of_object(NAMES[struct]).all))
            title = f"The {name_of(struct)} object"
            yield Found(title, chapter.title, f"{chapter.url}/object", f"{title} {words}".lower())
        for entry in catalogue.entries(chapter):
            operation = entry.operation
            words = " ".join(words_in(attributes_of_parameters(operation).all))
            text = f"{operation.summary} {operation.method} {operation.path} {operation.description} {words}"
            yield Found(operation.summary, chapter.title, entry.url, text.lower())


def find(index: tuple[Found, ...], wanted: str) -> list[Found]:
    """Return what holds every word that is wanted; those with the words in the title first."""
    words = wanted.lower().split()
    if not words:
        return []
    hits = [entry for entry in index if all(word in entry.words for word in words)]
    return sorted(hits, key=lambda entry: not all(word in entry.title.lower() for word in words))
