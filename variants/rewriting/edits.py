"""Building statements from text and putting them in the place of others."""

from collections.abc import Iterable, Mapping, Sequence

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.tree import Replacement, rebuild


def replace(program: Program, replacements: Mapping[cst.CSTNode, Replacement]) -> cst.Module:
    """The program's tree with the given nodes exchanged, everything else as it was."""
    around = {program.tree, *(outer for node in replacements for outer in program.ancestors(node))}
    module = rebuild(program.tree, replacements, around)
    assert isinstance(module, cst.Module)
    return module


def replace_statement(
    program: Program,
    statement: cst.CSTNode,
    new: Sequence[cst.SimpleStatementLine | cst.BaseCompoundStatement],
) -> cst.Module:
    """Put statements in the place of one, under the comments and blank lines that stood above it."""
    leading = getattr(statement, "leading_lines", ())
    return replace(
        program,
        {statement: cst.FlattenSentinel([new[0].with_changes(leading_lines=leading), *new[1:]])},
    )


def simple(program: Program, text: str) -> cst.SimpleStatementLine:
    """A one-line statement from its text."""
    statement = cst.parse_statement(text, config=program.parsing)
    assert isinstance(statement, cst.SimpleStatementLine)
    return statement


def compound(
    program: Program, header: str, body: cst.IndentedBlock | Sequence[cst.BaseStatement]
) -> cst.BaseCompoundStatement:
    """A compound statement from the text of its first line and the statements in it."""
    statement = cst.parse_statement(f"{header} pass", config=program.parsing)
    assert isinstance(statement, cst.BaseCompoundStatement)
    block = body if isinstance(body, cst.IndentedBlock) else cst.IndentedBlock(body=body)
    return statement.with_changes(body=block)


def with_comment(
    statement: cst.SimpleStatementLine | cst.BaseCompoundStatement, end: cst.TrailingWhitespace
) -> cst.SimpleStatementLine | cst.BaseCompoundStatement:
    """The statement with the given end of its first line, where a comment may stand."""
    if isinstance(statement, cst.SimpleStatementLine):
        return statement.with_changes(trailing_whitespace=end)
    return statement.with_changes(body=block_of(statement.body).with_changes(header=end))


def block_of(suite: cst.BaseSuite) -> cst.IndentedBlock:
    """A suite as an indented block, also where it stood on the line of its header."""
    if isinstance(suite, cst.IndentedBlock):
        return suite
    assert isinstance(suite, cst.SimpleStatementSuite)
    parts = [part.with_changes(semicolon=cst.MaybeSentinel.DEFAULT) for part in suite.body]
    lines = [cst.SimpleStatementLine(body=[part]) for part in parts]
    return cst.IndentedBlock(body=lines, header=suite.trailing_whitespace)


def only_statement(line: cst.CSTNode | None) -> cst.BaseSmallStatement | None:
    """The statement of a line that holds just one and stands in a block; else None."""
    if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
        return line.body[0]
    return None


def has_comment(program: Program, node: cst.CSTNode) -> bool:
    """Whether a comment stands inside a node, where a rewrite would lose it."""
    return any(program.encloses(node, comment) for comment in program.nodes(cst.Comment))


def loses_comment(program: Program, node: cst.CSTNode, kept: Iterable[cst.CSTNode]) -> bool:
    """Whether a comment stands inside a node, but in none of its parts that a rewrite keeps."""
    comments = program.nodes_within(node, cst.Comment)
    return bool(comments) and any(
        not any(program.encloses(part, comment) for part in kept) for comment in comments
    )
