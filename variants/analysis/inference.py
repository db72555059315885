"""What expressions provably evaluate to, from the text of one program alone.

The kinds of a name are the union over everything that is ever assigned to it. Parameters, imports and
whatever is not understood are `ANY`, so an answer other than `ANY` is a proof.
"""

from collections.abc import Callable
from itertools import product

import libcst as cst

from variants.analysis import builtin_kinds as known
from variants.analysis.bindings import find_owner
from variants.analysis.builtin_kinds import Kinds
from variants.analysis.program import Program
from variants.analysis.scopes import LocalScope, Scope

ANY: Kinds = frozenset({"any"})
NOTHING: Kinds = frozenset()
WHOLE: Kinds = frozenset({"int", "bool"})
NUMBER: Kinds = WHOLE | {"float", "complex", "number"}
IMMUTABLE: Kinds = NUMBER | {"str", "tuple", "bytes", "NoneType"}
SEQUENCE: Kinds = frozenset({"str", "tuple", "list", "bytes", "range"})

#: What has methods or functions named as those of `str`, with other results.
_MISLEADING = frozenset({"bytearray", "operator"})

_Slot = tuple[Scope, str]


class Inference:
    """The kinds of every local name of a program, as the least fixed point of its assignments."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._names: dict[_Slot, Kinds] = {}
        self._rules: dict[type[cst.CSTNode], Callable[..., Kinds]] = {
            cst.Integer: lambda node: frozenset({"int"}),
            cst.Float: lambda node: frozenset({"float"}),
            cst.Imaginary: lambda node: frozenset({"complex"}),
            cst.SimpleString: _string_kind,
            cst.FormattedString: lambda node: frozenset({"str"}),
            cst.ConcatenatedString: lambda node: self.kinds(node.left),
            cst.Tuple: lambda node: frozenset({"tuple"}),
            cst.List: lambda node: frozenset({"list"}),
            cst.ListComp: lambda node: frozenset({"list"}),
            cst.Dict: lambda node: frozenset({"dict"}),
            cst.DictComp: lambda node: frozenset({"dict"}),
            cst.Set: lambda node: frozenset({"set"}),
            cst.SetComp: lambda node: frozenset({"set"}),
            cst.Name: self._name,
            cst.NamedExpr: lambda node: self.kinds(node.value),
            cst.IfExp: lambda node: self._union((node.body, node.orelse)),
            cst.BooleanOperation: lambda node: self._union((node.left, node.right)),
            cst.UnaryOperation: self._unary,
            cst.BinaryOperation: lambda node: self.operation(node.operator, node.left, node.right),
            cst.Comparison: self._comparison,
            cst.Call: self._call,
            cst.Subscript: self._subscript,
        }
        self._solve()

    def kinds(self, node: cst.BaseExpression) -> Kinds:
        """All types that the expression can have; `ANY` where that is not known."""
        rule = self._rules.get(type(node))
        return rule(node) if rule is not None else ANY

    def is_only(self, node: cst.BaseExpression, allowed: Kinds) -> bool:
        """Whether every type that the expression can have is among the allowed ones."""
        kinds = self.kinds(node)
        return bool(kinds) and kinds <= allowed

    def elements(self, node: cst.BaseExpression) -> Kinds:
        """The types of what an iteration over the expression gives."""
        if isinstance(node, cst.List | cst.Tuple | cst.Set):
            return self._union(element.value for element in node.elements)
        if isinstance(node, cst.ListComp | cst.SetComp | cst.GeneratorExp):
            return self.kinds(node.elt)
        if isinstance(node, cst.Call):
            return self._call_elements(node)
        kinds = self.kinds(node)
        return known.elements_of(kinds) if kinds != ANY else ANY

    def operation(self, operator: cst.CSTNode, left: cst.BaseExpression, right: cst.BaseExpression) -> Kinds:
        """The types of ``left operator right``; nothing where it can only raise."""
        name = type(operator).__name__.removesuffix("Assign")
        if name == "Power" and not isinstance(right, cst.Integer):
            return ANY  # a negative exponent gives a float, a negative base a complex number
        pairs = product(self.kinds(left), self.kinds(right))
        with_any = known.scalar_with_any if self._program.has_plain_types else known.unknown_with_any
        results = [
            with_any(name, first) if second == "any" else known.binary(name, first, second)
            for first, second in pairs
        ]
        return ANY if ANY in results else NOTHING.union(*results)

    def _solve(self) -> None:
        slots = self._slots()
        self._names = dict.fromkeys(slots, NOTHING)
        changed = True
        while changed:
            changed = False
            for (scope, name), nodes in slots.items():
                # Never taking a kind back makes the loop end and errs on the side of ANY.
                kinds = self._widen([self._names[scope, name], *map(self._bound, nodes)])
                changed = changed or kinds != self._names[scope, name]
                self._names[scope, name] = kinds

    def _slots(self) -> dict[_Slot, list[cst.CSTNode]]:
        slots: dict[_Slot, list[cst.CSTNode]] = {}
        for scope in self._program.scopes:
            if isinstance(scope, LocalScope):
                for assignment in scope.assignments:
                    slots.setdefault((scope, assignment.name), []).append(assignment.node)
        return slots

    def _union(self, nodes: "known.Expressions") -> Kinds:
        return self._widen(self.kinds(node) for node in nodes)

    @staticmethod
    def _widen(parts: "known.Parts") -> Kinds:
        kinds = NOTHING.union(*parts)
        return ANY if "any" in kinds else kinds

    def _bound(self, target: cst.CSTNode) -> Kinds:
        """The types that one binding occurrence of a name gives it."""
        if not isinstance(target, cst.Name) or target.value in self._program.shared_names:
            return ANY
        parent = self._program.parent(target)
        if isinstance(parent, cst.AssignTarget):
            statement = self._program.parent(parent)
            return self.kinds(statement.value) if isinstance(statement, cst.Assign) else ANY
        if isinstance(parent, cst.AnnAssign):
            return self.kinds(parent.value) if parent.value is not None else NOTHING
        if isinstance(parent, cst.AugAssign):
            return self.operation(parent.operator, parent.target, parent.value)
        if isinstance(parent, cst.NamedExpr):
            return self.kinds(parent.value)
        if isinstance(parent, cst.For | cst.CompFor):
            return self.elements(parent.iter)
        return self._unpacked(target)

    def _unpacked(self, target: cst.Name) -> Kinds:
        """The types of a name in a tuple of targets such as ``a, b = 0, 1``."""
        element = self._program.parent(target)
        targets = self._program.parent(element) if isinstance(element, cst.Element) else None
        if not isinstance(targets, cst.Tuple | cst.List):
            return ANY
        place = next(index for index, member in enumerate(targets.elements) if member is element)
        if any(isinstance(member, cst.StarredElement) for member in targets.elements):
            return ANY
        source = self._program.parent(targets)
        if isinstance(source, cst.AssignTarget):
            statement = self._program.parent(source)
            return self._member(statement.value, place) if isinstance(statement, cst.Assign) else ANY
        if isinstance(source, cst.For | cst.CompFor):
            return self._member_of_each(source.iter, place)
        return ANY

    def _member(self, value: cst.BaseExpression, place: int) -> Kinds:
        if self._program.calls_builtin(value, "divmod") and isinstance(value, cst.Call):
            numbers = self._union(argument.value for argument in value.args)
            return numbers if numbers <= {"int"} else ANY
        if not isinstance(value, cst.Tuple | cst.List) or place >= len(value.elements):
            return ANY
        if any(isinstance(member, cst.StarredElement) for member in value.elements):
            return ANY
        return self.kinds(value.elements[place].value)

    def _member_of_each(self, iterable: cst.BaseExpression, place: int) -> Kinds:
        if not isinstance(iterable, cst.Call) or any(a.star or a.keyword for a in iterable.args):
            return ANY
        if self._program.calls_builtin(iterable, "enumerate") and len(iterable.args) == 1:
            return frozenset({"int"}) if place == 0 else self.elements(iterable.args[0].value)
        if self._program.calls_builtin(iterable, "zip") and place < len(iterable.args):
            return self.elements(iterable.args[place].value)
        return ANY

    def _name(self, node: cst.Name) -> Kinds:
        if node.value in known.CONSTANTS:
            return known.CONSTANTS[node.value]
        scope = self._program.scope(node)
        owner = find_owner(scope, node.value) if scope is not None else None
        return self._names.get((owner, node.value), ANY) if owner is not None else ANY

    def _unary(self, node: cst.UnaryOperation) -> Kinds:
        if isinstance(node.operator, cst.Not):
            return frozenset({"bool"})
        kinds = self.kinds(node.expression)
        if not kinds <= NUMBER:
            return ANY
        return frozenset("int" if kind == "bool" else kind for kind in kinds)

    def _comparison(self, node: cst.Comparison) -> Kinds:
        certain = cst.In | cst.NotIn | cst.Is | cst.IsNot
        if all(isinstance(target.operator, certain) for target in node.comparisons):
            return frozenset({"bool"})
        sides = [node.left, *(target.comparator for target in node.comparisons)]
        return frozenset({"bool"}) if all(self.kinds(side) != ANY for side in sides) else ANY

    def _call(self, node: cst.Call) -> Kinds:
        if isinstance(node.func, cst.Attribute):
            name, receiver = node.func.attr.value, self.kinds(node.func.value)
            is_plain = self._program.has_plain_types and self._program.names.isdisjoint(_MISLEADING)
            return (
                known.method_by_name(name) if receiver == ANY and is_plain else known.method(receiver, name)
            )
        if not isinstance(node.func, cst.Name) or not self._program.is_builtin(node.func.value):
            return ANY
        name = node.func.value
        if name in known.RESULTS:
            return known.RESULTS[name]
        if any(argument.star or argument.keyword for argument in node.args):
            return ANY
        return self._numeric_call(name, [argument.value for argument in node.args])

    def _numeric_call(self, name: str, arguments: list[cst.BaseExpression]) -> Kinds:
        if name in {"min", "max"} and len(arguments) > 1:
            return self._union(arguments)
        if name in {"min", "max"} and arguments:
            return self.elements(arguments[0])
        if name == "sum" and len(arguments) == 1 and self.elements(arguments[0]) <= WHOLE:
            return frozenset({"int"})
        if name in {"abs", "round"} and arguments and self.kinds(arguments[0]) <= WHOLE:
            return frozenset({"int"})
        if name == "abs" and arguments and self.kinds(arguments[0]) <= NUMBER:
            return frozenset({"number"})
        return ANY

    def _call_elements(self, node: cst.Call) -> Kinds:
        if self._program.calls_builtin(node, "range"):
            return frozenset({"int"})
        if (
            self._program.calls_builtin(node, "sorted", "reversed", "list", "set", "tuple", "iter")
            and node.args
        ):
            return self.elements(node.args[0].value)
        if isinstance(node.func, cst.Attribute) and self.kinds(node.func.value) <= {"str"}:
            return frozenset({"str"}) if node.func.attr.value in known.SPLITTERS else ANY
        kinds = self.kinds(node)
        return known.elements_of(kinds) if kinds != ANY else ANY

    def _subscript(self, node: cst.Subscript) -> Kinds:
        kinds = self.kinds(node.value)
        if kinds <= {"str"}:
            return kinds
        is_slice = len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Slice)
        return kinds if is_slice and kinds <= SEQUENCE else ANY


def _string_kind(node: cst.SimpleString) -> Kinds:
    return frozenset({"bytes"}) if "b" in node.prefix.lower() else frozenset({"str"})
