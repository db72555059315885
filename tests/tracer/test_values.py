import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer import LiteralError, comparison_key, is_marker, literal, parse_literal

atoms = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=20)
)
hashables = st.recursive(
    atoms, lambda inner: st.tuples(inner) | st.tuples(inner, inner) | st.frozensets(inner, max_size=3)
)
values = st.recursive(
    atoms | st.sets(hashables, max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(hashables, inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.deferred(lambda: values))
def test_literal_to_value_to_literal_is_the_identity(value):
    text = literal(value)
    assert literal(parse_literal(text)) == text


@given(st.deferred(lambda: values), st.deferred(lambda: values))
def test_equal_literals_mean_equal_values(left, right):
    if literal(left) == literal(right):
        assert left == right or "nan" in literal(left)


@pytest.mark.parametrize(
    ("left", "right"),
    [(1, True), (1, 1.0), ([1], (1,)), ({1}, frozenset({1})), ("1", 1), (b"a", "a"), ({1: 0}, {True: 0})],
)
def test_types_are_told_apart(left, right):
    assert comparison_key(left) != comparison_key(right)
    assert literal(left) != literal(right)


@pytest.mark.parametrize(
    ("left", "right"), [({1: 2, 3: 4}, {3: 4, 1: 2}), (0.0, -0.0), (math.nan, math.nan), ([{2, 1}], [{1, 2}])]
)
def test_an_answer_may_differ_in_what_python_calls_equal(left, right):
    assert comparison_key(left) == comparison_key(right)


def test_a_set_is_written_in_one_order():
    assert literal({10, 9, 1}) == "{1, 9, 10}"
    assert literal({"b", "a"}) == "{'a', 'b'}"


@pytest.mark.parametrize("value", [print, object(), iter([]), [1, [print]], {1: object()}])
def test_what_has_no_literal_gets_a_marker(value):
    assert is_marker(literal(value))


def test_a_cycle_gets_a_marker():
    loop = [1]
    loop.append(loop)
    assert literal(loop) == "<cyclic list>"


def test_a_large_value_is_marked_never_shortened():
    assert literal(list(range(5_000))) == "<truncated list>"
    assert literal("x" * 50_000) == "<truncated str>"
    assert literal(10**5_000) == "<truncated int>"


@pytest.mark.parametrize(
    "text",
    ["", "f(1)", "[1, 2", "1 + 1", "x", "__import__('os')", "{[]: 1}", "{**{}}", "...", "'a' 'b'.upper()",
     "[" * 5_000, "(" * 90 + "1," + "),"  * 90, "9" * 30_000, "f'{1}'", "lambda: 1", "\0"],
)  # fmt: skip
def test_what_is_no_literal_is_refused_and_never_run(text):
    with pytest.raises(LiteralError):
        parse_literal(text)


def test_special_floats_have_literals():
    assert math.isnan(parse_literal("float('nan')"))
    assert literal([math.inf, -math.inf]) == "[float('inf'), float('-inf')]"
