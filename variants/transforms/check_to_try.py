"""`if k in d:` with a lookup in it becomes a try."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.attempts import find_attempt, same_question
from variants.rewriting.branches import else_statements
from variants.rewriting.edits import block_of, has_comment, replace, simple
from variants.transform import Change, Family, Parameters, Transform

_EXCEPTIONS = ("KeyError", "ValueError")


class CheckToTry(Transform):
    """Looks up at once, and catches what is raised where nothing is found."""

    name: ClassVar[str] = "check_to_try"
    family: ClassVar[Family] = "control"
    description: ClassVar[str] = (
        "`if k in d: x = d[k]` with its else becomes `try: x = d[k]` and `except KeyError:`"
    )
    preconditions: ClassVar[str] = (
        "The branch for the found key is one line, in which nothing but the lookup can raise the exception "
        "and nothing before it can fail: an item of a builtin dict, index or remove of a list (ValueError). "
        "Evaluating the container and the key twice changes nothing. Refused: a bare raise in the other "
        "branch, comments in the test, elif."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    undoes: ClassVar[frozenset[str]] = frozenset({"try_to_check"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Ifs that ask for what they look up."""
        if not program.is_builtin(*_EXCEPTIONS):
            return
        for node in program.nodes(cst.If):
            if program.function_of(node) is not None and _found(program, node) is not None:
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the try in the place of the if."""
        assert isinstance(node, cst.If)
        found = _found(program, node)
        assert found is not None
        exception, there, missing = found
        skeleton = cst.parse_statement(
            f"try:\n    pass\nexcept {exception}:\n    pass\n", config=program.tree.config_for_parsing
        )
        assert isinstance(skeleton, cst.Try)
        handler = skeleton.handlers[0].with_changes(
            body=cst.IndentedBlock(body=missing or [simple(program, "pass")])
        )
        made = skeleton.with_changes(
            body=cst.IndentedBlock(body=there), handlers=[handler], leading_lines=node.leading_lines
        )
        return replace(program, {node: made})


def _found(
    program: Program, node: cst.If
) -> tuple[str, Sequence[cst.BaseStatement], Sequence[cst.BaseStatement]] | None:
    """The exception, what is done where the key is found, and what where it is not."""
    if isinstance(program.parent(node), cst.If) or has_comment(program, node.test):
        return None
    if not isinstance(node.body, cst.IndentedBlock) or has_comment(program, node.body.header):
        return None
    second: Sequence[cst.BaseStatement] = ()
    if node.orelse is not None:
        if isinstance(node.orelse, cst.Else) and not isinstance(node.orelse.body, cst.IndentedBlock):
            return None
        second = (
            else_statements(node)[0] if isinstance(node.orelse, cst.If) else block_of(node.orelse.body).body
        )
    for there, missing, expected in ((node.body.body, second, True), (second, node.body.body, False)):
        if len(there) != 1 or any(raised.exc is None for raised in _raises(program, node)):
            continue
        for exception in _EXCEPTIONS:
            attempt = find_attempt(program, there[0], exception)
            if attempt is not None and same_question(program, node.test, attempt) is expected:
                return exception, there, missing
    return None


def _raises(program: Program, node: cst.If) -> list[cst.Raise]:
    return program.nodes_within(node, cst.Raise)
