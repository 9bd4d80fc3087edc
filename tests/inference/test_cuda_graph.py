"""Recorded functions, with a recorder that needs no GPU."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from genai.inference.cuda_graph import CudaGraph
from tests.recorder import record


def product(x, y):
    return [x * y, x + y]


def test_every_call_gives_its_own_results():
    captured = CudaGraph(product, [torch.zeros(3), torch.zeros(3)], record)
    first = captured(torch.arange(3.0), torch.full((3,), 2.0))
    second = captured(torch.ones(3), torch.ones(3))
    assert [t.tolist() for t in first] == [[0, 2, 4], [2, 3, 4]]
    assert [t.tolist() for t in second] == [[1, 1, 1], [2, 2, 2]]


def test_the_examples_are_not_touched():
    example = torch.zeros(2)
    CudaGraph(product, [example, example], record)(torch.ones(2), torch.ones(2))
    assert example.tolist() == [0, 0]


def test_threads_do_not_mix_their_inputs():
    captured = CudaGraph(product, [torch.zeros(1000), torch.zeros(1000)], record)

    def ask(number):
        doubled, added = captured(torch.full((1000,), float(number)), torch.full((1000,), 2.0))
        return bool((doubled == 2 * number).all() and (added == number + 2).all())

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(500)))


def test_fewer_rows_come_first_and_a_result_can_be_taken_away_in_part():
    captured = CudaGraph(product, [torch.zeros(3), torch.zeros(3)], record)
    captured(torch.full((3,), 7.0), torch.ones(3))
    taken = captured(torch.arange(2.0), torch.ones(2), take=lambda place: place[:2].clone())
    assert [t.tolist() for t in taken] == [[0, 1], [1, 2]]
    captured(torch.ones(3), torch.ones(3))
    assert [t.tolist() for t in taken] == [[0, 1], [1, 2]]


def test_what_is_larger_is_refused():
    captured = CudaGraph(product, [torch.zeros(3), torch.zeros(3)], record)
    with pytest.raises(RuntimeError, match="size"):
        captured(torch.zeros(4), torch.zeros(4))
