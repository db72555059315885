"""What one walk over a syntax tree finds: the parent and the place of every node, and facts about names."""

import re
from collections.abc import Callable, Iterator

import libcst as cst

from variants.analysis.tree import children


def _is_constant(pattern: cst.MatchPattern) -> bool:
    """Whether a case pattern consists of literals and wildcards, so that it binds nothing."""
    if isinstance(pattern, cst.MatchOr):
        return all(_is_constant(element.pattern) for element in pattern.patterns)
    if isinstance(pattern, cst.MatchAs):
        return pattern.pattern is None and pattern.name is None
    if isinstance(pattern, cst.MatchValue):
        return not isinstance(pattern.value, cst.Attribute | cst.Name)
    return isinstance(pattern, cst.MatchSingleton)


class Index:
    """One walk that notes the parent and the place of every node, and the facts that need no scope."""

    def __init__(self, tree: cst.Module, *, with_trivia: bool) -> None:
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self.order: dict[cst.CSTNode, int] = {}
        self.by_type: dict[type[cst.CSTNode], list[cst.CSTNode]] = {}
        self.ends: dict[cst.CSTNode, int] = {}
        self.names: set[str] = set()
        self.keywords: set[str] = set()
        self.shared: set[str] = set()
        self.annotated: set[str] = set()
        self.spreads_keywords = False
        self.unsupported = False
        self._with_trivia = with_trivia
        self._walk(tree)

    def _walk(self, node: cst.CSTNode) -> None:
        kind = type(node)
        self.order[node] = len(self.order)
        self.by_type.setdefault(kind, []).append(node)
        note = _NOTES.get(kind)
        if note is not None:
            note(self, node)
        for child in children(node, with_trivia=self._with_trivia):
            self.parents[child] = node
            self._walk(child)
        self.ends[node] = len(self.order)

    def _ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        current = self.parents.get(node)
        while current is not None:
            yield current
            current = self.parents.get(current)

    def name(self, node: cst.Name) -> None:
        """Note an identifier."""
        self.names.add(node.value)

    def argument(self, node: cst.Arg) -> None:
        """Note what a call passes by keyword."""
        if node.keyword is not None:
            self.keywords.add(node.keyword.value)
        self.spreads_keywords = self.spreads_keywords or node.star == "**"

    def declared(self, node: cst.NameItem) -> None:
        """Note a name in a `global` or `nonlocal` statement."""
        self.shared.add(node.name.value)

    def walrus(self, node: cst.NamedExpr) -> None:
        """Note a name that a comprehension binds for the function around it."""
        is_inside = any(isinstance(outer, cst.BaseComp) for outer in self._ancestors(node))
        if is_inside and isinstance(node.target, cst.Name):
            self.shared.add(node.target.value)

    def string(self, node: cst.SimpleString) -> None:
        """Note the names in a string annotation."""
        # Nobody subclasses it, and to ask an abstract class takes ten times as long.
        if any(type(outer) is cst.Annotation for outer in self._ancestors(node)):
            self.annotated.update(re.findall(r"\w+", node.value))

    def case(self, node: cst.MatchCase) -> None:
        """Note a pattern that binds names or asks objects for their parts."""
        self.unsupported = self.unsupported or not _is_constant(node.pattern)


_NOTES: dict[type[cst.CSTNode], Callable[..., None]] = {
    cst.Name: Index.name,
    cst.Arg: Index.argument,
    cst.NameItem: Index.declared,
    cst.NamedExpr: Index.walrus,
    cst.SimpleString: Index.string,
    cst.MatchCase: Index.case,
}
