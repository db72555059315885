"""What a child says of a call: what is written is read back, and nothing else is believed."""

import random

import pytest

from tracer.told import MAX_MESSAGE, Told, most_bytes, pack, unpack
from tracer.wire import MalformedError, Packer

SIZES = {"output_chars": 1000, "result_bytes": 100_000}
TOLD = [
    Told("returned", value="[1, '\ud800']", arguments="[[], {}]", stdout="é\n\0", report=b"\1\2\3"),
    Told("raised", exception="LookupError", message="gone", arguments="[[], {}]"),
    Told("raised", exception="E", message="", arguments="[[], {}]", sources=("id",), meddling=("a", "b")),
    Told("memory", message="the memory limit was reached"),
    Told("bad_input", message="no literal"),
]


def packed(told):
    return memoryview(b"".join(pack(told, **SIZES)))


def read(body):
    return unpack(memoryview(body), output_chars=SIZES["output_chars"])


@pytest.mark.parametrize("told", TOLD)
def test_what_is_packed_is_read_back(told):
    assert read(packed(told)) == told


@pytest.mark.parametrize(
    "told",
    [
        Told("returned", value="x" * 100_001, arguments="[[], {}]"),
        Told("returned", value="1", arguments="x" * 100_001),
        Told("returned", value="1", arguments="[[], {}]", stdout="x" * 1001),
        Told("returned", value="1", arguments="[[], {}]", report=bytes(100_000)),
    ],
)
def test_what_is_too_large_is_never_packed(told):
    small = read(packed(told))
    assert (small.status, small.value, small.stdout, small.report) == ("output", None, "", b"")


def test_explanations_are_shortened_and_the_largest_fits():
    told = Told(
        "raised", exception="é" * 10**6, message="\U0001f600" * 10**6, arguments="[[], {}]",
        sources=("\U0001f600" * 1000,) * 1000,
    )  # fmt: skip
    body = packed(told)
    assert len(read(body).message) == MAX_MESSAGE
    assert len(body) <= most_bytes(SIZES["result_bytes"])


@pytest.mark.parametrize(
    "told",
    [
        Told("returned", arguments="[[], {}]"),
        Told("returned", value="1"),
        Told("raised", arguments="[[], {}]"),
        Told("memory", value="1"),
        Told("crashed", report=b"1"),
        Told("crashed", exception="E"),
    ],
)
def test_fields_that_do_not_go_together_are_refused(told):
    with pytest.raises(MalformedError):
        read(packed(told))


def test_a_status_that_only_the_parent_can_give_is_refused():
    honest = bytes(packed(TOLD[3]))
    for number in range(-3, 300):
        forged = Packer()
        forged.number(number)
        body = forged.body() + honest[8:]
        if 2 <= number <= 6:
            assert read(body).status in ("memory", "output", "crashed", "bad_program", "bad_input")
        else:
            with pytest.raises(MalformedError):
                read(body)


def test_bytes_that_nobody_packed_are_refused_or_read_as_something_in_bounds():
    honest = bytes(packed(TOLD[0]))
    random_ = random.Random(1)
    for cut in range(len(honest)):
        with pytest.raises(MalformedError):
            read(honest[:cut])
    with pytest.raises(MalformedError):
        read(honest + b"\0")
    for _ in range(3000):
        forged = bytearray(honest)
        for _ in range(random_.randint(1, 4)):
            forged[random_.randrange(len(forged))] = random_.choice(
                [0, 1, 2, 0x7F, 0xFF, random_.randrange(256)]
            )
        try:
            told = read(forged)
        except MalformedError:
            continue
        assert isinstance(told.stdout, str)
        assert told.status in ("returned", "raised")
