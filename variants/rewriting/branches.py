"""The branches of an if: which of them leave the block, and statements moved into or out of them."""

from collections.abc import Sequence

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import block_of, replace
from variants.rewriting.neighbours import next_statement

Lines = Sequence[cst.EmptyLine]
_JUMPS = cst.Return | cst.Raise | cst.Break | cst.Continue
_HOLDERS = cst.SimpleStatementLine | cst.BaseCompoundStatement


def leaves(suite: cst.BaseSuite) -> bool:
    """Whether control never comes to what follows the suite's statement."""
    last = suite.body[-1] if suite.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    if isinstance(last, cst.If):
        return leaves_always(last)
    return isinstance(last, _JUMPS)


def leaves_always(node: cst.If) -> bool:
    """Whether an if has an else, and all of its branches leave."""
    if not leaves(node.body) or node.orelse is None:
        return False
    return leaves_always(node.orelse) if isinstance(node.orelse, cst.If) else leaves(node.orelse.body)


def last_branch(statement: cst.If) -> cst.If:
    """The last if of a chain of if and elif."""
    while isinstance(statement.orelse, cst.If):
        statement = statement.orelse
    return statement


def always_leaves_before_else(statement: cst.If) -> bool:
    """Whether every branch with a condition leaves, so that what follows runs only without them."""
    current: cst.If | cst.Else | None = statement
    while isinstance(current, cst.If):
        if not leaves(current.body):
            return False
        current = current.orelse
    return True


def following_if(program: Program, node: cst.If) -> cst.If | None:
    """The if right after one without else that leaves, which is tried only where its condition fails."""
    if node.orelse is not None or not leaves(node.body):
        return None
    following = next_statement(program, node)
    return following if isinstance(following, cst.If) else None


def only_jump(suite: cst.BaseSuite) -> cst.BaseSmallStatement | None:
    """The jump that is all there is in a suite."""
    statement = only_part(suite)
    return statement if isinstance(statement, _JUMPS) else None


def only_part(suite: cst.BaseSuite) -> cst.BaseSmallStatement | None:
    """The small statement that is all there is in a suite."""
    if len(suite.body) != 1:
        return None
    part = suite.body[0]
    if not isinstance(part, cst.SimpleStatementLine):
        return part if isinstance(part, cst.BaseSmallStatement) else None
    return part.body[0] if len(part.body) == 1 else None


def place_of(program: Program, statement: cst.CSTNode) -> tuple[cst.IndentedBlock, int] | None:
    """The block that a statement is a direct part of, and its place there (an elif has none)."""
    block = program.parent(statement)
    if not isinstance(block, cst.IndentedBlock):
        return None
    return block, next(index for index, member in enumerate(block.body) if member is statement)


def is_last_in(program: Program, statement: cst.CSTNode, *kinds: type[cst.CSTNode]) -> bool:
    """Whether a statement is the last one in the body of a function or loop (by the given classes)."""
    found = place_of(program, statement)
    if found is None:
        return False
    block, index = found
    owner = program.parent(block)
    return index == len(block.body) - 1 and isinstance(owner, kinds) and getattr(owner, "body", 0) is block


def put(
    program: Program,
    block: cst.IndentedBlock,
    span: tuple[int, int],
    new: Sequence[cst.BaseStatement],
    end: Lines = (),
) -> cst.Module:
    """Put statements in the place of those from the first to before the second index.

    Args:
        program: The program that the block is part of.
        block: The block.
        span: The places of what goes.
        new: The statements that come.
        end: Comments that stood below the last of the new ones.
    """
    start, stop = span
    following = list(block.body[stop:])
    if not has_text(end):
        return replace(program, {block: block.with_changes(body=[*block.body[:start], *new, *following])})
    footer: Lines = block.footer
    if following:
        following[0] = with_lines(following[0], [*end, *lines_above(following[0])])
    else:
        footer = [*end, *footer]
    return replace(
        program, {block: block.with_changes(body=[*block.body[:start], *new, *following], footer=footer)}
    )


def has_text(lines: Lines) -> bool:
    """Whether there is a comment among lines without code."""
    return any(line.comment is not None for line in lines)


def lines_above(statement: cst.BaseStatement) -> Lines:
    """The comments and blank lines above a statement."""
    return statement.leading_lines if isinstance(statement, _HOLDERS) else ()


def with_lines(statement: cst.BaseStatement, lines: Lines) -> cst.BaseStatement:
    """The statement under other comments and blank lines."""
    return statement.with_changes(leading_lines=lines)


def without_gap(statements: Sequence[cst.BaseStatement], above: Lines = ()) -> list[cst.BaseStatement]:
    """The statements with comments put above the first one, and no blank lines before those."""
    first, *others = statements
    lines = [*above, *lines_above(first)]
    while lines and lines[0].comment is None:
        lines = lines[1:]
    return [with_lines(first, lines), *others]


def without_blank(lines: Lines) -> list[cst.EmptyLine]:
    """The comments among lines without code."""
    return [line for line in lines if line.comment is not None]


def header_lines(suite: cst.BaseSuite) -> list[cst.EmptyLine]:
    """The comment at the end of a suite's first line as a line of its own."""
    end = suite.header if isinstance(suite, cst.IndentedBlock) else None
    if end is None or end.comment is None:
        return []
    return [cst.EmptyLine(comment=end.comment)]


def else_block(statements: Sequence[cst.BaseStatement]) -> cst.Else:
    """An else with the given statements."""
    return cst.Else(body=cst.IndentedBlock(body=without_gap(statements)))


def else_statements(node: cst.If) -> tuple[list[cst.BaseStatement], Lines]:
    """What the else or elif of an if does as statements of their own, and the comments below them."""
    orelse = node.orelse
    assert orelse is not None
    if isinstance(orelse, cst.If):
        return [orelse], ()
    block = block_of(orelse.body)
    above = [*orelse.leading_lines, *header_lines(orelse.body)]
    return without_gap(block.body, above), block.footer


def declares(program: Program, node: cst.CSTNode) -> bool:
    """Whether a node has a ``global`` or ``nonlocal``, which must stand above the uses of its names."""
    return any(program.encloses(node, line) for line in program.nodes(cst.Global, cst.Nonlocal))
