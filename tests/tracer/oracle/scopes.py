"""Which names a function can see that may have a value: its own, those around it, and the module's."""

import ast
import builtins
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def mangled(name: str, owner: str | None) -> str:
    """Return a name as it is called inside the class `owner`."""
    if owner is None or not name.startswith("__") or name.endswith("__") or not owner.strip("_"):
        return name
    return f"_{owner.lstrip('_')}{name}"


def parameters_of(arguments: ast.arguments) -> list[str]:
    """Return the names of parameters in the order that the compiler gives them."""
    names = [one.arg for one in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]]
    return names + [one.arg for one in (arguments.vararg, arguments.kwarg) if one is not None]


@dataclass
class Scope(ast.NodeVisitor):
    """The names of one function, lambda, class body, comprehension or module."""

    owner: str | None
    bound: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    to_module: set[str] = field(default_factory=set)
    to_outside: set[str] = field(default_factory=set)
    nested: set[str] = field(default_factory=set)
    """Names that functions inside take from outside themselves."""
    outer: "Scope | None" = None
    """Of a comprehension: the scope in which `:=` binds."""
    is_class: bool = False

    @property
    def own(self) -> set[str]:
        """Names that are local here."""
        return self.bound - self.to_module - self.to_outside

    @property
    def free(self) -> set[str]:
        """Names that come from outside."""
        if self.is_class:  # functions inside do not see the names of a class body
            return ((self.used | self.to_outside) - self.own - self.to_module) | self.nested
        return (self.used | self.nested | self.to_outside) - self.own - self.to_module

    def visit_Name(self, node: ast.Name) -> None:
        name = mangled(node.id, self.owner)
        (self.used if isinstance(node.ctx, ast.Load) else self.bound).add(name)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        scope: Scope = self
        while scope.outer is not None:
            scope.used.add(mangled(node.target.id, self.owner))
            scope = scope.outer
        scope.bound.add(mangled(node.target.id, self.owner))

    def visit_Global(self, node: ast.Global) -> None:
        self.to_module.update(mangled(name, self.owner) for name in node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.to_outside.update(mangled(name, self.owner) for name in node.names)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.bound.add(mangled(node.name, self.owner))
        self.generic_visit(node)

    def visit_alias(self, node: ast.alias) -> None:
        if node.name != "*":
            self.bound.add(mangled(node.asname or node.name.split(".")[0], self.owner))

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self.bound.add(mangled(node.name, self.owner))
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name:
            self.bound.add(mangled(node.name, self.owner))

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self.bound.add(mangled(node.rest, self.owner))
        self.generic_visit(node)

    def visit_FunctionDef(self, node: Function) -> None:
        self.bound.add(mangled(node.name, self.owner))
        for outside in [
            *node.decorator_list,
            *_outside(node.args),
            *([node.returns] if node.returns else []),
        ]:
            self.visit(outside)
        self.nested |= scope_of(node, self.owner).free

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for outside in _outside(node.args):
            self.visit(outside)
        inner = Scope(self.owner)
        inner.bound.update(mangled(name, self.owner) for name in parameters_of(node.args))
        inner.visit(node.body)
        self.nested |= inner.free

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.bound.add(mangled(node.name, self.owner))
        for outside in [*node.decorator_list, *node.bases, *[word.value for word in node.keywords]]:
            self.visit(outside)
        inner = Scope(node.name, is_class=True)
        for statement in node.body:
            inner.visit(statement)
        self.nested |= inner.free

    def visit_ListComp(self, node: _Comprehension) -> None:
        self.visit(node.generators[0].iter)
        inner = Scope(self.owner, outer=self)
        for position, generator in enumerate(node.generators):
            inner.visit(generator.target)
            for part in [*([generator.iter] if position else []), *generator.ifs]:
                inner.visit(part)
        for part in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
            inner.visit(part)
        self.nested |= inner.free

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp  # noqa: N815


def _outside(arguments: ast.arguments) -> list[ast.expr]:
    """Return the parts of a parameter list that are evaluated outside the function."""
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    noted = [one.annotation for one in every if one.annotation is not None]
    return [*arguments.defaults, *[one for one in arguments.kw_defaults if one is not None], *noted]


def scope_of(node: Function, owner: str | None) -> Scope:
    """Return the names of a function that is defined inside class `owner`, if any."""
    scope = Scope(owner)
    scope.bound.update(mangled(name, owner) for name in parameters_of(node.args))
    for statement in node.body:
        scope.visit(statement)
    return scope


def module_names(tree: ast.Module) -> set[str]:
    """Return the names that the module's own statements, and `global` statements, give a value."""
    scope = Scope(None)
    scope.visit(tree)
    names = set(scope.bound)
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            names.update(node.names)
    return names


def watched_names(node: Function, owner: str | None, of_module: set[str]) -> list[str]:
    """Return the names to look at in a function: parameters first; no builtin that nobody gave a value."""
    scope = scope_of(node, owner)
    first = [mangled(name, owner) for name in parameters_of(node.args)]
    known = scope.bound | scope.to_module | scope.to_outside
    looked_up = {name for name in scope.free if name in of_module or not hasattr(builtins, name)}
    return first + sorted((known | looked_up) - set(first) - {"__class__", "_o_"})
