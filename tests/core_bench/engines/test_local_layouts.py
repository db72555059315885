"""Layouts of the local engine: rows one after the other, weights in blocks, starts that are kept."""

from typing import Any

import pytest

from core_bench.engines.local.starts import Starts

torch: Any = pytest.importorskip("torch")


def test_ragged_rows_go_there_and_back() -> None:
    from core_bench.engines.local.ragged import Ragged

    ragged = Ragged([2, 1, 3], "cpu")
    laid = torch.arange(12.0).reshape(1, 1, 6, 2)
    padded = ragged.padded(laid)
    assert padded.shape == (3, 1, 3, 2)
    assert padded[0, 0, 1:].tolist() == [[0, 1], [2, 3]]
    assert padded[1, 0, 2].tolist() == [4, 5]
    assert padded[2, 0].tolist() == [[6, 7], [8, 9], [10, 11]]
    assert torch.equal(ragged.laid(padded), laid)


def test_the_last_tokens_of_ragged_rows() -> None:
    from core_bench.engines.local.ragged import Ragged

    ragged = Ragged([2, 1, 3], "cpu")
    assert ragged.last(1) == [1, 2, 5]
    assert ragged.last(2) == [0, 1, 2, 2, 4, 5]


def small() -> Any:
    inner = torch.nn.Sequential(torch.nn.Linear(96, 32, bias=False), torch.nn.ReLU())
    return torch.nn.Sequential(torch.nn.Linear(64, 96), inner).to(torch.bfloat16).eval()


@pytest.mark.parametrize("rows", [1, 16, 200])
def test_packed_weights_compute_the_same(rows: int) -> None:
    from core_bench.engines.local.packed_weights import pack_weights

    torch.manual_seed(0)
    model = small()
    asked = torch.randn(2, rows, 64, dtype=torch.bfloat16)
    with torch.inference_mode():
        expected = model(asked)
        packed = pack_weights(model)
        got = model(asked)
    if not packed:
        pytest.skip("this processor has no bf16 kernels")
    assert packed == 2 * (64 * 96 + 96 * 32)
    assert got.shape == expected.shape
    torch.testing.assert_close(got, expected, atol=0.02, rtol=0.02)


def test_what_is_not_plain_is_left_alone() -> None:
    from core_bench.engines.local.packed_weights import pack_weights

    full, hooked, own = (torch.nn.Sequential(torch.nn.Linear(64, 64)) for _ in range(3))
    hooked.to(torch.bfloat16)[0].register_forward_hook(lambda *_: None)
    own.to(torch.bfloat16)[0].forward = lambda rows: rows
    assert [pack_weights(model) for model in (full, hooked, own)] == [0, 0, 0]


def test_rows_that_go_on_fill_the_holes() -> None:
    from core_bench.engines.local.decoding import holes_filled

    assert holes_filled([0, 1, 2]) == [0, 1, 2]
    assert holes_filled([0, 2, 5, 6]) == [0, 6, 2, 5]
    assert holes_filled([3]) == [3]


def test_a_level_keeps_some_nodes_and_goes_on() -> None:
    from core_bench.engines.local.level_cache import LevelCache

    cache = LevelCache(torch.tensor([[0, 1], [1, 1], [1, 1]]))
    first = torch.arange(12.0).reshape(3, 1, 2, 2)
    cache.store(0, first[:2], first[:2])
    cache.store(0, first[2:], first[2:], 2)
    cache.computed()
    assert torch.equal(cache.part([1, 2]).read(0, 2)[0], first[1:])
    cache.select([0, 2])
    cache.pad_on(1)
    newest = torch.full((2, 1, 1, 2), 99.0)
    cache.store(0, newest, newest)
    assert torch.equal(cache.read(0, 3)[0], torch.cat([first[[0, 2]], newest], dim=2))
    assert cache.bias(1, 1)[:, 0, 0].tolist() == [[float("-inf"), 0, 0], [0, 0, 0]]


def test_starts_are_computed_once_and_the_oldest_goes() -> None:
    starts = Starts()
    computed: list[str] = []

    def find(name: str) -> Any:
        def compute() -> str:
            computed.append(name)
            return name

        return starts.find([ord(name)], compute)

    assert [find(name) for name in "aababcab"] == list("aababcab")
    assert computed == ["a", "b", "c", "a", "b"]
