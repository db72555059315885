import math
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer import LiteralError, Record, comparison_key, is_marker, literal, parse_literal
from tracer.packed import literal_of
from tracer.snapshots import ATOMS, pack
from tracer.values import _quick, _render


@dataclass
class Point:
    x: object
    y: object


Pair = namedtuple("Pair", "left right")


class Plain:
    """Whatever of it is run, the test fails."""

    __slots__ = ("__dict__", "_b")

    def __init__(self, value):
        self.z = value
        self.a = 1
        self._b = None

    def __repr__(self):
        raise AssertionError

    __eq__ = __str__ = __len__ = __iter__ = __bool__ = __repr__
    __hash__ = object.__hash__


atoms = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=20)
)
hashables = st.recursive(
    atoms, lambda inner: st.tuples(inner) | st.tuples(inner, inner) | st.frozensets(inner, max_size=3)
)
exotic = (
    st.complex_numbers()
    | st.builds(range, st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 3) | st.just(-2))
    | st.builds(bytearray, st.binary(max_size=9))
    | st.builds(Counter, st.text(max_size=9))
    | st.decimals()
    | st.fractions()
    | st.dates()
    | st.times(timezones=st.none() | st.just(UTC))
    | st.datetimes(timezones=st.none() | st.just(UTC))
    | st.timedeltas()
)
values = st.recursive(
    atoms | exotic | st.sets(hashables, max_size=4),
    lambda inner: (
        st.builds(deque, st.lists(inner, max_size=3), st.none() | st.just(3))
        | st.builds(OrderedDict, st.dictionaries(hashables, inner, max_size=3))
        | st.builds(lambda items: defaultdict(list, items), st.dictionaries(hashables, inner, max_size=3))
        | st.builds(Point, inner, inner)
        | st.builds(Pair, inner, inner)
        | st.builds(Plain, inner)
        | st.lists(inner, max_size=4)
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
def test_literals_are_equal_iff_values_and_types_are(left, right):
    assert (literal(left) == literal(right)) == (pictured(left) == pictured(right))


@given(st.deferred(lambda: values))
def test_a_value_read_back_is_the_value(value):
    text = literal(value)
    if not is_marker(text):
        assert pictured(parse_literal(text)) == pictured(value)
        assert comparison_key(parse_literal(text)) == comparison_key(value)


@given(st.deferred(lambda: values))
def test_a_snapshot_has_the_literal_of_the_value(value):
    if type(value) in ATOMS:
        return  # kept as they are
    packed = pack(value)
    text = packed if isinstance(packed, str) else literal_of(memoryview(packed)[1:])
    assert text == literal(value)


def pictured(value):
    """A second opinion: types and contents as nested tuples."""
    kind = type(value)
    if kind in (Point, Pair):
        return (
            kind.__name__,
            *(
                (name, pictured(getattr(value, name)))
                for name in ("x", "y", "left", "right")
                if name in (*vars_of(value),)
            ),
        )
    if kind is Plain:
        return (
            "Plain",
            ("_b", pictured(None)),
            ("a", pictured(1)),
            ("z", pictured(object.__getattribute__(value, "z"))),
        )
    if kind is Record:
        return (value.name, *((name, pictured(part)) for name, part in value.fields))
    if kind in (dict, OrderedDict, defaultdict, Counter):
        return (kind.__name__, *((pictured(key), pictured(part)) for key, part in value.items()))
    if kind in (set, frozenset):
        return (kind.__name__, *sorted(map(pictured, value), key=repr))
    if kind in (list, tuple):
        return (kind.__name__, *map(pictured, value))
    if kind is deque:
        return (kind.__name__, value.maxlen, *map(pictured, value))
    return (kind.__name__, repr(value))


def vars_of(value):
    return value._fields if isinstance(value, tuple) else vars(value)


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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Point(1, [2]), "Point(x=1, y=[2])"),
        (Pair(1, Pair(2, 3)), "Pair(left=1, right=Pair(left=2, right=3))"),
        (Plain("v"), "Plain(_b=None, a=1, z='v')"),
        (deque([1], 2), "deque([1], maxlen=2)"),
        (Counter("aab"), "Counter({'a': 2, 'b': 1})"),
        (defaultdict(int, {1: 2}), "defaultdict(int, {1: 2})"),
        (1 - 2j, "complex(1.0, -2.0)"),
        (range(1, 9, 2), "range(1, 9, 2)"),
        ({math.nan, float("nan")}, "{float('nan'), float('nan')}"),
    ],
)
def test_how_types_are_written(value, text):
    assert literal(value) == text
    assert literal(parse_literal(text)) == text


def test_what_an_answer_may_write_instead():
    assert comparison_key(parse_literal("Point(y=[2], x=1)")) == comparison_key(Point(1, [2]))
    assert comparison_key(parse_literal("1-2j")) == comparison_key(1 - 2j)
    assert comparison_key(parse_literal("date(2020, 1, 31)")) == "datetime.date(2020, 1, 31)"
    assert comparison_key(parse_literal("range(1, 8, 2)")) == comparison_key(range(1, 9, 2))
    assert comparison_key(parse_literal("Decimal('1.50')")) == comparison_key(parse_literal("Decimal('1.5')"))


@pytest.mark.parametrize(
    "value",
    [defaultdict(lambda: 0), {Plain([])}, {Plain(1), Plain(1)}, ValueError(1), Plain, Point(1, print)],
)
def test_what_would_not_read_back_is_opaque(value):
    assert literal(value).startswith("<opaque ")


def test_shared_parts_are_written_out_and_capped():
    shared = [1]
    assert literal([shared, shared]) == "[[1], [1]]"
    for _ in range(30):
        shared = [shared, shared]
    assert literal(shared) == "<truncated list>"
    assert literal(Point(1, deque([shared]))) == "<truncated Point>"


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.integers() | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=30,
)


@given(plain)
def test_the_quick_way_writes_what_the_careful_way_writes(value):
    assert _quick(value) in (None, _render(value, keep_order=True))
    if type(value) in (list, tuple, dict):
        assert _quick(value) is not None


@pytest.mark.parametrize("depth", [47, 48, 49, 50, 51, 60])
@pytest.mark.parametrize("width", [1, 40, 60])
def test_the_quick_way_stops_at_the_same_caps(depth, width):
    value = [list(range(width)) for _ in range(width)]
    for _ in range(depth - 2):
        value = [value]
    assert literal(value) == _render(value, keep_order=True)
    assert is_marker(literal(value)) == (depth > 50 or width > 44)
