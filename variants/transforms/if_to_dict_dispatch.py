"""A chain of comparisons that chooses a value becomes a lookup in a dict."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import find_owner
from variants.analysis.bound import is_surely_bound
from variants.analysis.inference import NUMBER
from variants.analysis.program import Program
from variants.analysis.purity import is_literal
from variants.analysis.scopes import GlobalScope
from variants.rewriting.branches import only_part, place_of, put
from variants.rewriting.chains import Chain, find_chain
from variants.rewriting.choices import find_choice
from variants.rewriting.conditions import is_bool
from variants.rewriting.edits import has_comment, simple
from variants.rewriting.evaluation import is_disturbing
from variants.rewriting.expressions import TERNARY, bare, fits_on_line, text
from variants.transform import Change, Family, Parameters, Transform

_HASHABLE = NUMBER | {"str", "bytes", "NoneType"}
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class _Dispatch:
    size: int
    line: str


class IfToDictDispatch(Transform):
    """Looks a value up in a dict by the constant that was compared."""

    name: ClassVar[str] = "if_to_dict_dispatch"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`if x == 1: return a` and so on becomes `return {1: a, 2: b}.get(x, c)`"
    preconditions: ClassVar[str] = (
        "At least two branches compare one thing, which provably is a number, a string or None, with "
        "literals; or one branch and another are chosen by a condition that provably is True or False. Each, "
        "and the else or the return after them, only returns a value or assigns one to the same variable. "
        "Values that are no literals become lambdas, called when found; the variables in them surely have a "
        "value. Refused: walrus, await and yield in values, comments, what does not fit on a line."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})
    undoes: ClassVar[frozenset[str]] = frozenset({"dict_dispatch_to_if"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Chains that only choose a value."""
        for node in program.nodes(cst.If):
            if program.function_of(node) is not None and _dispatch(program, node) is not None:
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the lookup in the place of the chain."""
        assert isinstance(node, cst.If)
        found, place = _dispatch(program, node), place_of(program, node)
        assert found is not None
        assert place is not None
        line = simple(program, found.line).with_changes(leading_lines=node.leading_lines)
        return put(program, place[0], (place[1], place[1] + found.size), [line])


def _dispatch(program: Program, node: cst.If) -> _Dispatch | None:
    chain, place = find_chain(program, node), place_of(program, node)
    if chain is None or place is None or not _is_hashable(program, chain):
        return _by_truth(program, node)
    if len(chain.arms) < _FEWEST:
        return _by_truth(program, node)
    block, index = place
    parts = [only_part(arm.branch.body) for arm in chain.arms]
    size = chain.size
    if chain.orelse is not None:
        parts.append(only_part(chain.orelse.body))
    else:
        following = block.body[index + size : index + size + 1]
        parts.append(only_part(cst.IndentedBlock(body=following)) if following else None)
        size += 1
        if not isinstance(parts[-1], cst.Return):
            return None
    statements = block.body[index : index + size]
    if any(has_comment(program, one) for one in statements):
        return None
    beginning, values = _values(program, parts)
    if beginning is None or not _can_wait(program, values):
        return None
    line = beginning + _lookup(program, chain, values)
    return _Dispatch(size, line) if "\n" not in line and fits_on_line(program, node, line) else None


def _is_hashable(program: Program, chain: Chain) -> bool:
    """Whether what is compared provably can be looked up."""
    # The chain's own subject is a copy without parentheses, of which nothing is known.
    parts = program.nodes_within(chain.arms[0].branch.test, type(chain.subject))
    subject = next((part for part in parts if bare(part).deep_equals(chain.subject)), None)
    return subject is not None and program.types.is_only(subject, _HASHABLE)


def _by_truth(program: Program, node: cst.If) -> _Dispatch | None:
    """A choice between two values by True and False."""
    choice = find_choice(program, node)
    if choice is None or not is_bool(program, node.test) or isinstance(choice.statement, cst.AugAssign):
        return None
    values = [choice.first, choice.second]
    if not _can_wait(program, values) or is_disturbing(program, node.test):
        return None
    is_constant = all(is_literal(value) for value in values)
    first, second = (_thunk(program, value, is_constant) for value in values)
    call = "" if is_constant else "()"
    table = f"{{True: {first}, False: {second}}}"
    line = f"{choice.beginning}{table}[{text(program, node.test)}]{call}"
    return _Dispatch(choice.size, line) if "\n" not in line and fits_on_line(program, node, line) else None


def _can_wait(program: Program, values: list[cst.BaseExpression]) -> bool:
    """Whether the values can be evaluated in a function of their own."""
    if any(is_disturbing(program, value) for value in values):
        return False
    if all(is_literal(value) for value in values):
        return True
    names = [name for value in values for name in program.nodes_within(value, cst.Name)]
    return not any(
        name.value in program.shared_names or not _is_found(program, name)
        for name in names
        if program.scope(name) is not None
    )


def _is_found(program: Program, name: cst.Name) -> bool:
    """Whether reading a name fails in a function as it fails outside of it."""
    scope = program.scope(name)
    owner = find_owner(scope, name.value) if scope is not None else None
    is_outside = owner is None or isinstance(owner, GlobalScope)
    return is_outside or is_surely_bound(program, name)


def _values(
    program: Program, parts: list[cst.BaseSmallStatement | None]
) -> tuple[str | None, list[cst.BaseExpression]]:
    """What all parts begin with, and the value of each."""
    beginnings: set[str] = set()
    values: list[cst.BaseExpression] = []
    for part in parts:
        if isinstance(part, cst.Return):
            beginnings.add("return ")
            values.append(part.value or cst.Name("None"))
        elif (
            isinstance(part, cst.Assign)
            and len(part.targets) == 1
            and isinstance(part.targets[0].target, cst.Name)
        ):
            beginnings.add(f"{part.targets[0].target.value} = ")
            values.append(part.value)
        else:
            return None, []
    return (beginnings.pop(), values) if len(beginnings) == 1 else (None, [])


def _lookup(program: Program, chain: Chain, values: list[cst.BaseExpression]) -> str:
    is_constant = all(is_literal(value) for value in values)
    pairs: dict[str, str] = {}
    seen: list[cst.BaseExpression] = []
    for arm, value in zip(chain.arms, values, strict=False):
        for key in arm.values:
            if not any(key.deep_equals(other) for other in seen):  # the first branch for a constant wins
                seen.append(key)
                pairs[text(program, key)] = _thunk(program, value, is_constant)
    table = ", ".join(f"{key}: {value}" for key, value in pairs.items())
    default = _thunk(program, values[-1], is_constant)
    call = "" if is_constant else "()"
    return f"{{{table}}}.get({text(program, chain.subject, TERNARY)}, {default}){call}"


def _thunk(program: Program, value: cst.BaseExpression, is_constant: bool) -> str:
    if isinstance(value, cst.Name) and value.value == "None":
        return "None" if is_constant else "lambda: None"
    source = text(program, value, TERNARY - 1)
    return source if is_constant else f"lambda: {source}"
