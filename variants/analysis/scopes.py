"""Which variable a name means: the scopes of a program and what each of them binds.

The rules are those of Python's language reference, section 4.2. libcst's own provider takes longer than all
other analysis together, drops uses that stand above an assignment, and does not know case patterns.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import libcst as cst

from variants.analysis.tree import children

Comprehension = cst.ListComp | cst.SetComp | cst.DictComp | cst.GeneratorExp


@dataclass(frozen=True, slots=True)
class Assignment:
    """One place that binds a name.

    Attributes:
        name: The name.
        node: The name's node; the `Param` of a parameter, the definition of a function or class, the
            statement of an import.
    """

    name: str
    node: cst.CSTNode


@dataclass(eq=False, slots=True)
class Assignments:
    """What a scope binds: all of it by iteration, one name's by subscript."""

    by_name: dict[str, list[Assignment]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> list[Assignment]:
        return self.by_name.get(name, [])

    def __iter__(self) -> Iterator[Assignment]:
        for found in self.by_name.values():
            yield from found


@dataclass(eq=False)
class Scope:
    """A region of a program with variables of its own.

    Attributes:
        node: The module, function, lambda, class or comprehension.
        parent: The scope around it; None for the module's.
        assignments: What is bound in it.
        globals: Names that a `global` statement gives to the module.
        nonlocals: Names that a `nonlocal` statement gives to a function around it.
    """

    node: cst.CSTNode
    parent: "Scope | None"
    assignments: Assignments = field(default_factory=Assignments)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)

    def owner(self, name: str) -> "Scope | None":
        """The scope whose variable a name means when it is used here; None for builtins and unknown names."""
        current: Scope | None = self
        while current is not None:
            if name in current.globals:
                return current.module
            is_visible = current is self or not isinstance(current, ClassScope)
            if is_visible and name in current.assignments.by_name and name not in current.nonlocals:
                return current
            current = current.parent
        return None

    @property
    def module(self) -> "Scope":
        """The outermost scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


class GlobalScope(Scope):
    """The module."""


class LocalScope(Scope):
    """Everything but the module."""


class FunctionScope(LocalScope):
    """A function or a lambda."""


class ClassScope(LocalScope):
    """The body of a class."""


class ComprehensionScope(LocalScope):
    """A comprehension, but for what it runs over first."""


def scopes_of(tree: cst.Module) -> dict[cst.CSTNode, Scope]:
    """Return the scope in which each node is evaluated; names of attributes and keywords have none."""
    reader = _Reader()
    reader.read(tree, GlobalScope(tree, None))
    reader.bind_nonlocals()
    return reader.found


class _Reader:
    def __init__(self) -> None:
        self.found: dict[cst.CSTNode, Scope] = {}
        self._nonlocal: list[tuple[Scope, str, cst.CSTNode]] = []

    def bind_nonlocals(self) -> None:
        """Give what `nonlocal` names are bound to their owners, which may follow in the text."""
        for scope, name, node in self._nonlocal:
            owner = scope.owner(name)
            if owner is not None:
                _append(owner, name, node)

    def _bind(self, name: str, node: cst.CSTNode, scope: Scope) -> None:
        if name in scope.nonlocals:
            self._nonlocal.append((scope, name, node))
        else:
            _append(scope.module if name in scope.globals else scope, name, node)

    def read(self, node: cst.CSTNode, scope: Scope) -> None:
        """Note the scope of a node and of all that it is made of."""
        self.found[node] = scope
        _READERS.get(type(node), _Reader._parts)(self, node, scope)

    def _parts(self, node: cst.CSTNode, scope: Scope) -> None:
        for child in children(node):
            self.read(child, scope)

    def _leaf(self, node: cst.CSTNode, scope: Scope) -> None:
        pass

    def _value_only(self, node: cst.Attribute | cst.Arg, scope: Scope) -> None:
        self.read(node.value, scope)

    def _case_keyword(self, node: cst.MatchKeywordElement, scope: Scope) -> None:
        self.read(node.pattern, scope)

    def _assigned(
        self, node: cst.AssignTarget | cst.AnnAssign | cst.AugAssign | cst.For, scope: Scope
    ) -> None:
        self._target(node.target, scope)
        self._parts(node, scope)

    def _walrus(self, node: cst.NamedExpr, scope: Scope) -> None:
        around = scope
        while isinstance(around, ComprehensionScope) and around.parent is not None:
            around = around.parent
        self._target(node.target, around)
        self._parts(node, scope)

    def _named(self, node: cst.AsName | cst.TypeAlias, scope: Scope) -> None:
        self._target(node.name, scope)
        self._parts(node, scope)

    def _captured(self, node: cst.MatchAs | cst.MatchStar | cst.MatchMapping, scope: Scope) -> None:
        name = node.rest if isinstance(node, cst.MatchMapping) else node.name
        if name is not None:
            self._bind(name.value, name, scope)
        self._parts(node, scope)

    def _global(self, node: cst.Global, scope: Scope) -> None:
        scope.globals.update(item.name.value for item in node.names)

    def _nonlocal_names(self, node: cst.Nonlocal, scope: Scope) -> None:
        scope.nonlocals.update(item.name.value for item in node.names)

    def _target(self, target: cst.CSTNode, scope: Scope) -> None:
        match target:
            case cst.Name():
                self._bind(target.value, target, scope)
            case cst.Tuple() | cst.List():
                for element in target.elements:
                    self._target(element.value, scope)
            case cst.StarredElement():
                self._target(target.value, scope)

    def _function(self, node: cst.FunctionDef, scope: Scope) -> None:
        self._bind(node.name.value, node, scope)
        self.found[node.name] = scope
        inner = FunctionScope(node, scope)
        for decorator in node.decorators:
            self.read(decorator, scope)
        if node.type_parameters is not None:
            self._type_parameters(node.type_parameters, inner)
        self._parameters(node.params, scope, inner)
        if node.returns is not None:
            self.read(node.returns, scope)
        self.read(node.body, inner)

    def _parameters(self, parameters: cst.Parameters, outer: Scope, inner: Scope) -> None:
        self.found[parameters] = inner
        for child in children(parameters):
            self.found[child] = inner
            if isinstance(child, cst.Param):
                self._bind(child.name.value, child, inner)
                self.found[child.name] = inner
                for part in (child.annotation, child.default):
                    if part is not None:
                        self.read(part, outer)

    def _class(self, node: cst.ClassDef, scope: Scope) -> None:
        self._bind(node.name.value, node, scope)
        self.found[node.name] = scope
        inner = ClassScope(node, scope)
        for part in (*node.decorators, *node.bases, *node.keywords):
            self.read(part, scope)
        if node.type_parameters is not None:
            self._type_parameters(node.type_parameters, inner)
        self.read(node.body, inner)

    def _type_parameters(self, parameters: cst.TypeParameters, inner: Scope) -> None:
        for parameter in parameters.params:
            self._bind(parameter.param.name.value, parameter.param.name, inner)
        self.read(parameters, inner)

    def _comprehension(self, node: Comprehension, scope: Scope) -> None:
        inner = ComprehensionScope(node, scope)
        loop: cst.CompFor | None = node.for_in
        first = True
        while loop is not None:
            self.found[loop] = inner
            self._target(loop.target, inner)
            self.read(loop.target, inner)
            self.read(loop.iter, scope if first else inner)
            for condition in loop.ifs:
                self.read(condition, inner)
            first, loop = False, loop.inner_for_in
        for part in (node.key, node.value) if isinstance(node, cst.DictComp) else (node.elt,):
            self.read(part, inner)

    def _lambda(self, node: cst.Lambda, scope: Scope) -> None:
        inner = FunctionScope(node, scope)
        self._parameters(node.params, scope, inner)
        self.read(node.body, inner)

    def _import(self, node: cst.Import | cst.ImportFrom, scope: Scope) -> None:
        if isinstance(node.names, cst.ImportStar):
            return
        for alias in node.names:
            if alias.asname is None:
                self._bind(alias.evaluated_name.partition(".")[0], node, scope)
            elif isinstance(alias.asname.name, cst.Name):
                self._bind(alias.asname.name.value, node, scope)


def _append(scope: Scope, name: str, node: cst.CSTNode) -> None:
    scope.assignments.by_name.setdefault(name, []).append(Assignment(name, node))


_READERS: dict[type[cst.CSTNode], Callable[..., None]] = {
    **dict.fromkeys((cst.Name, cst.Integer, cst.SimpleString), _Reader._leaf),
    **dict.fromkeys((cst.Attribute, cst.Arg), _Reader._value_only),
    **dict.fromkeys((cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For), _Reader._assigned),
    **dict.fromkeys((cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp), _Reader._comprehension),
    **dict.fromkeys((cst.Import, cst.ImportFrom), _Reader._import),
    **dict.fromkeys((cst.AsName, cst.TypeAlias), _Reader._named),
    **dict.fromkeys((cst.MatchAs, cst.MatchStar, cst.MatchMapping), _Reader._captured),
    cst.MatchKeywordElement: _Reader._case_keyword,
    cst.NamedExpr: _Reader._walrus,
    cst.FunctionDef: _Reader._function,
    cst.ClassDef: _Reader._class,
    cst.Lambda: _Reader._lambda,
    cst.Global: _Reader._global,
    cst.Nonlocal: _Reader._nonlocal_names,
}
