import pytest

from variants import ProgramError, check, generate, replay

CODE = """
def f(xs, n):
    total = 0
    for x in xs:
        if x > n:
            total += x
        else:
            total -= 1
    return total if total else None
"""
INPUTS = ["[1, 2, 3], 1", "[], 0", "[1.5], n=2"]
TESTS = [f"f({text})" for text in INPUTS]


def test_gives_distinct_verified_variants_with_their_record():
    variants = generate(CODE, TESTS, n=5, seed=0).variants
    assert len({variant.code for variant in variants} | {CODE}) == 6
    for variant in variants:
        assert variant.equivalence.equivalent
        assert replay(CODE, variant.chain) == variant.code
        assert check(CODE, variant.code, "f", INPUTS).equivalent


def test_the_same_seed_gives_the_same_variants():
    first = generate(CODE, TESTS, n=3, seed=7)
    assert first == generate(CODE, TESTS, n=3, seed=7)
    assert first != generate(CODE, TESTS, n=3, seed=8)


def test_gives_fewer_where_the_program_offers_no_more():
    assert (
        generate("def f():\n    return 1\n", ["f()"], n=3, seed=0, transforms=["rename_locals"]).variants
        == ()
    )


@pytest.mark.parametrize(
    ("code", "inputs", "message"),
    [
        ("def f(:\n", ["1"], "does not parse"),
        ("def g(x):\n    return x\n", ["1"], "no 'f'"),
        ("def f(x):\n    return x\n", [], "no tests"),
        ("def f(x):\n    return x\n", ["1, y"], "Name is no literal"),
        ("def f(x):\n    import os\n    os._exit(3)\n", ["1"], "crashed"),
        ("def f(x):\n    return object()\n", ["1"], "no literal"),
        ("def f(x):\n    return x\n\n\nraise ValueError\n", ["1"], "fails"),
    ],
)
def test_says_what_is_wrong_with_a_program(code, inputs, message):
    with pytest.raises(ProgramError, match=message):
        generate(code, [f"f({text})" for text in inputs], n=1, seed=0)


def test_a_program_that_raises_on_an_input_is_as_good_as_any():
    code = "def f(x):\n    y = x\n    return 1 // y\n"
    [variant] = generate(code, ["f(0)", "f(2)"], n=1, seed=0).variants
    assert variant.code != code
