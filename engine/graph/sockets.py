"""Which socket types fit together: what an output may be linked to."""

from __future__ import annotations

_WILDCARDS = frozenset({"*", "", "0", "-1"})
_CONVERTIBLE = frozenset({("INT", "FLOAT"), ("COMBO", "STRING"), ("STRING", "COMBO")})


def types_fit(given: str, wanted: str) -> bool:
    """Whether an output of type `given` may feed an input of type `wanted`.

    Case does not matter, `*` fits everything, `A,B` is a union. Besides, INT feeds FLOAT, and COMBO and STRING feed
    each other: more than the original allows, and nothing that it allows is refused.
    """
    if given == wanted:
        return True
    offered, accepted = _members(given), _members(wanted)
    if not _WILDCARDS.isdisjoint(offered) or not _WILDCARDS.isdisjoint(accepted) or not offered.isdisjoint(accepted):
        return True
    return any((one, other) in _CONVERTIBLE for one in offered for other in accepted)


def _members(type_name: str) -> frozenset[str]:
    return frozenset(part.strip().upper() for part in type_name.split(","))
