"""Spellings of sources without player ids, each with the registry's spelling. Extend it when the count of
unregistered players rises; never match by similarity (Jalen and Jaylin Williams play for one team).

Does NOT belong here: spellings seen with an NBA id, they become aliases by themselves.
"""

from __future__ import annotations

from types import MappingProxyType

NICKNAMES = {
    "herbjones": "herbertjones",
    "nicolasclaxton": "nicclaxton",
    "carltoncarrington": "bubcarrington",
    "vincentwilliamsjr": "vincewilliamsjr",
    "bjbostonjr": "brandonboston",
    "moewagner": "moritzwagner",
    "jameshuff": "jayhuff",
    "ronholland": "ronaldhollandii",
    "cameronreddish": "camreddish",
    "charlesbrown": "charliebrownjr",
    "hansenyang": "yanghansen",
    "mohamedbamba": "mobamba",
    "cameronthomas": "camthomas",
    "jeenathanwilliams": "natewilliams",
    "matthewhurt": "matthurt",
    "nigelhayes": "nigelhayesdavis",
    "sviatoslavmykhailiuk": "svimykhailiuk",
    "lucdort": "luguentzdort",
    "nahshonhyland": "boneshyland",
    "isiahcrawford": "isaiahcrawford",
    "yongxicui": "cuiyongxi",
    "murraydejounte": "dejountemurray",
    "portisbobby": "bobbyportis",
}
SUFFIXES = {
    "derrickjones": "derrickjonesjr",
    "robertwilliams": "robertwilliamsiii",
    "marcusmorris": "marcusmorrissr",
    "kevinknox": "kevinknoxii",
    "isaiahstewartii": "isaiahstewart",
    "brucebrownjr": "brucebrown",
    "paulreedjr": "paulreed",
}

MANUAL_ALIASES = MappingProxyType({**NICKNAMES, **SUFFIXES})
"""alias lookup -> registry lookup"""
