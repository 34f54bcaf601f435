"""Parts that many scopes have in common, computed once a row.

Country groups, list entries and the advanced-node test stand in dozens of scopes. Each part that occurs
more than once becomes a column of its own, in layers, so that a part may stand on smaller ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tidegate.licensing.logic import And, Known, Node, Not, Or, Test, walk

__all__ = ["Shared", "share"]

WORTH = 4
"""Constants compared from which on a part is worth a column."""


@dataclass(frozen=True)
class Shared:
    """The common parts. names: the column of each. layers: the parts in the order they are computed."""

    names: Mapping[Node, str]
    layers: tuple[tuple[Node, ...], ...] = field(default=())

    def put(self, node: Node, *, whole: bool = True) -> Node:
        """Return a tree with its common parts replaced by their columns. whole: itself included."""
        if whole and (name := self.names.get(node)):
            return Test(name, "flag")
        if isinstance(node, And | Or):
            return type(node)(tuple(self.put(part) for part in node.parts))
        if isinstance(node, Not | Known):
            return type(node)(self.put(node.part))
        return node


def share(trees: Iterable[Node]) -> Shared:
    """Return the parts that occur more than once in the trees and are worth a column."""
    counts: Counter[Node] = Counter()
    for tree in trees:
        counts.update(walk(tree))
    common = [node for node, count in counts.items() if count > 1 and _weight(node) >= WORTH]
    names = {node: f"common_{index}" for index, node in enumerate(common)}
    level: dict[Node, int] = {}

    def height(node: Node) -> int:
        if node not in level:
            inner = [part for part in walk(node) if part != node and part in names]
            level[node] = 1 + max((height(part) for part in inner), default=0)
        return level[node]

    for node in common:
        height(node)
    layers = tuple(
        tuple(node for node in common if level[node] == number)
        for number in range(1, max(level.values(), default=0) + 1)
    )
    return Shared(names, layers)


def _weight(node: Node) -> int:
    if isinstance(node, Test):
        return len(node.value) if isinstance(node.value, frozenset | tuple) else 1
    if isinstance(node, And | Or):
        return sum(_weight(part) for part in node.parts)
    return _weight(node.part) if isinstance(node, Not | Known) else 0
