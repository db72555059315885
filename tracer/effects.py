"""What each line of a program can change at most, read off its syntax.

Between two events of one frame only what the executed line can write can differ, so only that needs to be
serialised. This module answers for operations of built-in types; whatever runs Python code (a call of a
function, a property, `__iadd__`, a generator that a loop resumes) is seen by the recorder as a call event,
and then everything is compared. Where the syntax leaves a doubt the answer is "everything".
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeGuard

from tracer.program import parse_source
from tracer.vocabulary import (
    HIDDEN_MUTATORS,
    MUTATORS,
    OPAQUE_MODULES,
    PURE_BUILTINS,
    PURE_METHODS,
    REFLECTIVE,
    VALUE_MODULES,
)


@dataclass(slots=True)
class Effect:
    """What running one line can change, at most.

    Attributes:
        line: the line, 1-based.
        names: names that it binds or deletes.
        targets: names whose object it changes in place (`xs.append(1)`, `d[k] = v`, `x += y`).
        everything: it may change any object in place.
        prints: it may print.
        deep: it may change an element of a target in place (`d[k] += v`).
        rebinds: it may bind other names, too: nothing is known of the line.
        binds: it can do no more than bind names: the common case.
    """

    line: int
    names: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    everything: bool = True
    prints: bool = True

    deep: bool = False
    rebinds: bool = True
    binds: bool = field(init=False)

    def __post_init__(self) -> None:
        self.binds = not (self.targets or self.everything or self.prints)


@dataclass(slots=True)
class Effects:
    """The effects of a program, by line; a line that is not listed may change everything.

    Attributes:
        lines: line -> effect.
        quiet: first lines of comprehensions, generator expressions and lambdas which change nothing, so
            that running their frames is no reason to compare everything.
        globals: names of the module's variables (functions, classes and imports are left out).
    """

    lines: dict[int, Effect] = field(default_factory=dict)
    quiet: frozenset[int] = frozenset()
    globals: frozenset[str] = frozenset()


@lru_cache(maxsize=512)
def effects_of(source: str) -> Effects:
    """Read the effects of a source text; raises `tracer.program.ProgramError` where it does not parse."""
    tree = parse_source(source)
    effects = Effects(quiet=_quiet_lines(tree), globals=_global_names(tree))
    if not _has_hidden_mutation(tree):
        _Reader(effects.lines, _shadowed(tree)).block(tree.body, ())
    return effects


class _Reader:
    """Walks statements and notes the effect of each on all lines of its header."""

    def __init__(self, lines: dict[int, Effect], shadowed: frozenset[str]) -> None:
        self._lines = lines
        self._shadowed = shadowed

    def block(self, statements: Iterable[ast.stmt], caught: tuple[str, ...]) -> None:
        for statement in statements:
            self._statement(statement, caught)

    def _statement(self, node: ast.stmt, caught: tuple[str, ...]) -> None:
        self._note(node, _header(node), caught)
        if isinstance(node, ast.Try | ast.TryStar):
            for handler in node.handlers:
                # The name of the exception is unbound at the end of the handler, on whatever line that is.
                inner = (*caught, handler.name) if handler.name else caught
                self._note(handler, [handler.type] if handler.type else [], inner)
                self.block(handler.body, inner)
        if isinstance(node, ast.Match):
            for case in node.cases:
                parts = [case.pattern, case.guard] if case.guard else [case.pattern]
                self._note(case.pattern, parts, caught)
                self.block(case.body, caught)
        for part in ("body", "orelse", "finalbody"):
            self.block(getattr(node, part, ()), caught)

    def _note(self, node: ast.AST, parts: Iterable[ast.AST], caught: tuple[str, ...]) -> None:
        found = _Finding(set(caught), self._shadowed)
        first = node.lineno  # type: ignore[attr-defined]
        last = first
        for part in parts:
            found.read(part)
            last = max(last, getattr(part, "end_lineno", None) or first)
        found.statement(node)
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef) and not _blocks(node):
            last = max(last, getattr(node, "end_lineno", None) or first)
        for line in range(first, last + 1):
            self._lines[line] = _joined(found.effect(line), self._lines.get(line))


class _Finding:
    """Gathers what the parts of one statement can change."""

    def __init__(self, names: set[str], shadowed: frozenset[str]) -> None:
        self.names = names
        self.targets: set[str] = set()
        self.everything = False
        self.prints = False
        self.deep = False
        self.rebinds = False
        self._augmented: set[str] = set()
        self._shadowed = shadowed

    def effect(self, line: int) -> Effect:
        # A target that the line also rebinds is no longer found under its name.
        everything = self.everything or bool(self.targets & self.names)
        targets = () if everything else tuple(sorted(self.targets | self._augmented))
        names = tuple(sorted(self.names | self._augmented))
        return Effect(line, names, targets, everything, self.prints or everything, self.deep, self.rebinds)

    def statement(self, node: ast.AST) -> None:
        match node:
            case ast.AugAssign(target=ast.Name(id=name)):
                self.names.discard(name)
                self._augmented.add(name)
            case ast.AugAssign():
                self.deep = True
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                self.names.add(name)
                self.everything |= bool(node.decorator_list)
            case ast.ClassDef() | ast.With() | ast.AsyncWith() | ast.AsyncFor():
                self.everything = self.rebinds = True
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                self.names.update((alias.asname or alias.name).partition(".")[0] for alias in aliases)
                self.everything = self.rebinds = True
        if isinstance(node, ast.ClassDef):
            self.names.add(node.name)

    def read(self, part: ast.AST) -> None:
        for node in ast.walk(part):
            match node:
                case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                    self.names.add(name)
                case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                    self.names.add(name)
                case ast.MatchMapping(rest=str(name)):
                    self.names.add(name)
                case ast.Subscript(value=base, ctx=ast.Store() | ast.Del()):
                    self._mutated(base)
                case ast.Attribute(ctx=ast.Store() | ast.Del()):
                    self.everything = True
                case ast.Yield() | ast.YieldFrom() | ast.Await():
                    self.everything = True
                case ast.Call():
                    self._call(node)

    def _call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Name(id=name) if name in PURE_BUILTINS and name not in self._shadowed:
                self.prints |= name == "print"
            case ast.Attribute(attr=attr) if attr in PURE_METHODS:
                pass
            case ast.Attribute(value=base, attr=attr) if attr in MUTATORS:
                self._mutated(base)
            case _:
                self.everything = True

    def _mutated(self, base: ast.expr) -> None:
        while isinstance(base, ast.Subscript):  # `grid[i][j] = 1` changes something inside `grid`
            base = base.value
            self.deep = True
        if isinstance(base, ast.Name):
            self.targets.add(base.id)
        else:
            self.everything = True


def _joined(left: Effect, right: Effect | None) -> Effect:
    if right is None:
        return left
    names = {*left.names, *right.names}
    targets = {*left.targets, *right.targets}
    everything = left.everything or right.everything or bool(targets & names)
    prints = left.prints or right.prints or everything
    deep = left.deep or right.deep
    rebinds = left.rebinds or right.rebinds
    return Effect(left.line, tuple(sorted(names)), tuple(sorted(targets)), everything, prints, deep, rebinds)


def _header(node: ast.stmt) -> list[ast.AST]:
    """Return what is evaluated at the statement itself, before any block of it."""
    match node:
        case ast.For() | ast.AsyncFor():
            return [node.target, node.iter]
        case ast.While() | ast.If():
            return [node.test]
        case ast.With() | ast.AsyncWith():
            return list(node.items)
        case ast.Match():
            return [node.subject]
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            defaults = [default for default in node.args.kw_defaults if default is not None]
            return [*node.decorator_list, *node.args.defaults, *defaults]
        case ast.ClassDef() | ast.Try() | ast.TryStar():
            return []
    return [node]


def _blocks(node: ast.AST) -> bool:
    return isinstance(getattr(node, "body", None), list)


def _quiet_lines(tree: ast.Module) -> frozenset[int]:
    quiet: set[int] = set()
    loud: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp):
            quiet.add(node.lineno)  # it runs within its statement, whose effect includes it
        elif isinstance(node, ast.GeneratorExp | ast.Lambda):
            found = _Finding(set(), _shadowed(tree))
            found.read(node)
            walrus = any(isinstance(part, ast.NamedExpr) for part in ast.walk(node))
            changes = found.everything or found.targets or found.prints or walrus
            (loud if changes else quiet).add(node.lineno)
    return frozenset(quiet - loud)


def _global_names(tree: ast.Module) -> frozenset[str]:
    names = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    for node in _module_level(tree.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for part in _header(node):
            names |= {name.id for name in ast.walk(part) if _is_stored(name)}
    return frozenset(names)


def _is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _module_level(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in statements:
        yield statement
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for part in ("body", "orelse", "finalbody"):
                yield from _module_level(getattr(statement, part, ()))


def _shadowed(tree: ast.Module) -> frozenset[str]:
    """Names of built-ins that the program binds itself: a call of them is a call of something else."""
    stored = {
        name.id for name in ast.walk(tree) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return frozenset((stored | arguments) & PURE_BUILTINS)


def _has_hidden_mutation(tree: ast.Module) -> bool:
    """Tell whether the program can change an object where its syntax does not show it."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    imported: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                if any(alias.name.partition(".")[0] in OPAQUE_MODULES for alias in aliases):
                    return True
            case ast.ImportFrom(module=module, names=aliases):
                if module in OPAQUE_MODULES:
                    return True
                if module not in VALUE_MODULES:
                    if any(alias.name == "*" for alias in aliases):
                        return True
                    imported.update(alias.asname or alias.name for alias in aliases)
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=attr, ctx=ast.Load()) if (
                attr in HIDDEN_MUTATORS and id(node) not in called
            ):
                return True
            case ast.Name(id=name) if name in REFLECTIVE or (name in imported and id(node) not in called):
                return True
    return False
