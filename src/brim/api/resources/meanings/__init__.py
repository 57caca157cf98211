"""What each value of an enumeration means, in a sentence; the published schemas and the reference both show it.

A vocabulary is found by its words, or by its place where the words alone don't say which one it is. Neighbours:
`topups`, `events`, `funding`, `accounts`, `live` and `statements` have the sentences, `lookup` finds them. A test fails
if a published value has none. Start reading at `explained`.
"""

from brim.api.resources.meanings.lookup import ENUM_KEY, TEST_VALUES_KEY, explained

__all__ = ["ENUM_KEY", "TEST_VALUES_KEY", "explained"]
