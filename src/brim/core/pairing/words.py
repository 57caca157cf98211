"""The words of which pairing codes are made."""

from typing import Final

WORDS: Final = tuple(
    """
    able acid acorn actor adapt alarm album alley alpine amber anchor angle apple april apron arch
    arena armor arrow aspen atlas attic autumn awake bacon badge baker bamboo banjo barn basil basket
    beach beacon beaver bench berry birch bison blanket blossom bonus border bottle boulder branch brave bread
    breeze brick bridge bronze brush bucket butter cabin cactus camel candle canyon carbon cargo carpet cashew
    castle cedar cello chalk cherry circle citrus clay clever cliff clock cloud clover cobalt coffee comet
    copper coral corner cotton cradle crane crater crisp crown crystal curve daisy dancer dawn delta denim
    desert dolphin donkey dragon drift drum eager eagle early earth east echo elbow ember emerald engine
    falcon fancy feather fern fiddle field finch flame flint flute forest fossil fountain frost gallon garden
    garlic gentle ginger glacier glass globe golden goose grain granite grape gravel guitar hammer harbor harvest
    hazel heron hidden hill honey horizon humble hunter icicle igloo indigo iris island ivory jacket jasmine
    jelly jolly jungle kayak kettle kiwi ladder lagoon lantern laurel lemon lentil lilac linen lively lizard
    lobster lunar magnet mango maple marble meadow melon merry meteor mirror mosaic moss mountain mustard napkin
    nectar needle noble north nutmeg oasis ocean olive onyx orbit orchid otter oyster paddle palm paper
    parrot pebble pepper piano pilot pine planet plum pocket polar pony poppy prairie pumpkin purple quartz
    quiet quilt rabbit radar raven ribbon river robin rocket ruby saddle saffron salmon satin shadow shell
    silver sketch spruce summer sunset tango thistle tiger timber topaz tulip velvet violet walnut willow yellow
    """.split()
)
"""256, so that one byte chooses one evenly; short and common, because people read them from one screen to another."""
