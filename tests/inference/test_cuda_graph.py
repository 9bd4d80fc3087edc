"""Functions as graphs, recorded without a GPU."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from genai.inference.cuda_graph import CudaGraph
from tests.recorder import record


def product(x, y):
    return [x * y, x + y]


def test_every_call_gives_its_own_results():
    graph = CudaGraph(product, [torch.zeros(3), torch.zeros(3)], record)
    first = graph(torch.arange(3.0), torch.full((3,), 2.0))
    second = graph(torch.ones(3), torch.ones(3))
    assert [t.tolist() for t in first] == [[0, 2, 4], [2, 3, 4]]
    assert [t.tolist() for t in second] == [[1, 1, 1], [2, 2, 2]]


def test_the_examples_are_not_touched():
    example = torch.zeros(2)
    CudaGraph(product, [example, example], record)(torch.ones(2), torch.ones(2))
    assert example.tolist() == [0, 0]


def test_threads_do_not_mix_their_inputs():
    graph = CudaGraph(product, [torch.zeros(1000), torch.zeros(1000)], record)

    def ask(number):
        doubled, added = graph(torch.full((1000,), float(number)), torch.full((1000,), 2.0))
        return bool((doubled == 2 * number).all() and (added == number + 2).all())

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(500)))


def test_fewer_rows_come_first_and_a_result_can_be_copied_in_part():
    graph = CudaGraph(product, [torch.zeros(3), torch.zeros(3)], record)
    graph(torch.full((3,), 7.0), torch.ones(3))
    results = graph(torch.arange(2.0), torch.ones(2), copy=lambda output: output[:2].clone())
    assert [t.tolist() for t in results] == [[0, 1], [1, 2]]
    graph(torch.ones(3), torch.ones(3))
    assert [t.tolist() for t in results] == [[0, 1], [1, 2]]


def test_larger_inputs_are_refused():
    graph = CudaGraph(product, [torch.zeros(3), torch.zeros(3)], record)
    with pytest.raises(RuntimeError, match="size"):
        graph(torch.zeros(4), torch.zeros(4))
