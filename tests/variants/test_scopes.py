import json
import textwrap

import libcst as cst
import pytest
from libcst.metadata import GlobalScope, MetadataWrapper, ScopeProvider

from variants import Program
from variants.analysis.scopes import scopes_of
from variants.analysis.tree import children, rebuild


def owners(code: str) -> dict[str, str | None]:
    """For each name in a program whose text is unique, the name of what owns it."""
    tree = cst.parse_module(textwrap.dedent(code))
    scopes = scopes_of(tree)
    found = {}
    for node, scope in scopes.items():
        if isinstance(node, cst.Name):
            owner = scope.owner(node.value)
            place = None if owner is None else getattr(owner.node, "name", owner.node)
            found[node.value] = place.value if isinstance(place, cst.Name) else type(place).__name__
    return found


@pytest.mark.parametrize(
    ("code", "name", "owner"),
    [
        ("def f(a): return a\n", "a", "f"),
        ("def f(): return later\nlater = 1\n", "later", "Module"),
        ("def f():\n    use(x)\n    x = 1\n", "x", "f"),
        ("def f():\n    global x\n    x = 1\n", "x", "Module"),
        ("def f():\n    def g():\n        nonlocal x\n        x = 2\n    x = 1\n", "x", "f"),
        ("class C:\n    x = 1\n    def m(self): return y\n", "x", "C"),
        ("class C:\n    x = 1\n    def m(self): return x\nx = 2\n", "self", "m"),
        ("def f(): return [x for x in y]\n", "x", "ListComp"),
        ("def f(): return [x for x in y if (z := x)]\n", "z", "f"),
        ("def f():\n    match q:\n        case [a, *b]: pass\n        case {'k': 1, **c}: pass\n", "b", "f"),
        ("def f():\n    match q:\n        case {'k': 1, **c}: return c\n", "c", "f"),
        ("def f():\n    match q:\n        case P(key=1) as d: return d\n", "d", "f"),
        ("def f():\n    try: pass\n    except E as e: use(e)\n", "e", "f"),
        ("def f():\n    with a as (b, *c): pass\n", "c", "f"),
        ("def f():\n    import os.path\n    return os\n", "os", "f"),
        ("def f(p=default): pass\ndefault = 1\n", "default", "Module"),
        ("def f(): return len\n", "len", "NoneType"),
        ("def f(): return lambda k, /, *r, o=1, **w: w\n", "w", "Lambda"),
        ("def f():\n    for i, [j, *h] in y: pass\n", "h", "f"),
        ("def f():\n    n: int = 1\n    n += 1\n", "n", "f"),
    ],
)
def test_a_name_means_the_variable_that_python_means(code, name, owner):
    assert owners(code)[name] == owner


def test_a_method_does_not_see_the_variables_of_its_class():
    code = "class C:\n    x = 1\n    def m(self):\n        return x\n\nx = 2\n"
    tree = cst.parse_module(code)
    scopes = scopes_of(tree)
    [used] = [node for node in scopes if isinstance(node, cst.Return)]
    assert scopes[used].owner("x").node is tree


def test_names_of_attributes_and_keywords_are_no_variables():
    code = "def f(a):\n    global g\n    return a.b(c=1)\n"
    names = {node.value for node in scopes_of(cst.parse_module(code)) if isinstance(node, cst.Name)}
    assert names == {"f", "a"}


def test_agrees_with_libcst_on_real_programs(bench_data):
    rows = [json.loads(line) for line in (bench_data / "humaneval.jsonl").read_text().splitlines()]
    compared = 0
    for row in rows:
        wrapper = MetadataWrapper(cst.parse_module(row["prompt"] + row["canonical_solution"]), True)
        theirs = wrapper.resolve(ScopeProvider)
        ours = scopes_of(wrapper.module)
        for node, scope in ours.items():
            if not isinstance(node, cst.Name) or theirs.get(node) is None:
                continue
            compared += 1
            assert {a.name for a in scope.assignments} == {
                a.name
                for a in theirs[node].assignments
                if isinstance(a.scope, GlobalScope) or a.scope is theirs[node]
            } - {"__name__", "__file__", "__doc__", "__package__", "__loader__", "__spec__", "__path__"}
    assert compared > 2_500


def test_children_come_in_source_order(bench_data):
    class Order(cst.CSTVisitor):
        def __init__(self):
            super().__init__()
            self.nodes = []

        def on_visit(self, node):
            self.nodes.append(node)
            return True

    def walk(node):
        yield node
        for child in children(node):
            yield from walk(child)

    rows = [json.loads(line) for line in (bench_data / "cruxeval.jsonl").read_text().splitlines()]
    for row in rows:
        tree = cst.parse_module(row["code"])
        visitor = Order()
        tree.visit(visitor)
        ours = list(walk(tree))
        kept = {id(node) for node in ours}
        assert [id(node) for node in ours] == [id(node) for node in visitor.nodes if id(node) in kept]
        assert {type(n) for n in visitor.nodes if id(n) not in kept} <= TRIVIA


TRIVIA = {
    cst.SimpleWhitespace, cst.TrailingWhitespace, cst.Newline, cst.EmptyLine, cst.Comment, cst.Comma, cst.Dot,
    cst.AssignEqual, cst.LeftParen, cst.RightParen, cst.LeftSquareBracket, cst.RightSquareBracket,
    cst.LeftCurlyBrace, cst.RightCurlyBrace, cst.Colon, cst.Semicolon, cst.ParenthesizedWhitespace,
}  # fmt: skip


def test_rebuilding_shares_what_did_not_change():
    tree = cst.parse_module("def f(a):\n    x = a\n    y = 1  # kept\n    return x\n")
    first, second, third = tree.body[0].body.body
    made = rebuild(tree, {first: cst.RemoveFromParent(), third: cst.FlattenSentinel([third, third])})
    assert made.code == "def f(a):\n    y = 1  # kept\n    return x\n    return x\n"
    assert made.body[0].body.body[0] is second
    assert rebuild(tree, {}) is tree


def test_words_stay_apart_when_parentheses_go():
    tree = cst.parse_module("def f(a):\n    if(a):\n        return(a)\n")
    condition = tree.body[0].body.body[0]
    returned = condition.body.body[0].body[0]
    bare = {condition.test: cst.Name("a"), returned.value: cst.Name("a")}
    assert rebuild(tree, bare).code == "def f(a):\n    if a:\n        return a\n"


def test_a_statement_knows_its_line():
    code = "def f(a):\n    if a: return 1\n    elif (a and\n          a): x = 1; y = 2\n    return a\n"
    program = Program(code)
    lines = [program.line(node) for node in program.nodes(cst.If, cst.Return, cst.Assign)]
    assert lines == [2, 2, 3, 4, 4, 5]
