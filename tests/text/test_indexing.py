"""What a text has copied, by hashes, against looking for it in the training text."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from genai import checkpoint
from genai.checkpoint.compressed import compress, decompress
from genai.checkpoint.header import Header, card_fields
from genai.errors import CheckpointError
from genai.text.data import CARDS
from genai.text.indexing import Copy, PassageIndex, decode, encode, hash_strings, load

ROOT = Path(__file__).resolve().parents[2]
TRAINING = "".join(f"Line {n} says {n * n} to whoever reads {n % 7}.\n" for n in range(900))


def runs(text, training, window):
    """Every passage of a text whose strings of that length all stand in the training text, by looking."""
    known = [text[n : n + window] in training for n in range(len(text) - window + 1)]
    starts = [n for n, k in enumerate(known) if k and (n == 0 or not known[n - 1])]
    return [
        Copy(s, next((n for n in range(s, len(known)) if not known[n]), len(known)) - s + window - 1)
        for s in starts
    ]


@given(st.text("ab汉😀", max_size=60), st.text("ab汉😀c", max_size=40))
def test_hashes_find_what_looking_finds(training, text):
    index = PassageIndex(np.unique(hash_strings(training + "xyz", 3)), 3)
    assert index.matches(text).tolist() == [
        text[n : n + 3] in training + "xyz" for n in range(max(0, len(text) - 2))
    ]
    copies = runs(text, training + "xyz", 3)
    assert index.longest_copy(text) == max(copies, key=lambda copy: copy.length, default=Copy(0, 0))


def test_the_copied_passage_is_pointed_at():
    index = PassageIndex.of(TRAINING)
    passage = TRAINING[1000:1080]
    text = f"Nobody ever wrote this before: {passage}@ and this is mine."
    start, length = index.longest_copy(text)
    assert text[start : start + length] == passage
    assert index.longest_copy("Nothing of this stands there.") == index.longest_copy("short") == Copy(0, 0)


def test_chinese_is_taken_by_seven_characters():
    assert PassageIndex.of("白日依山尽，黄河入海流。" * 3).window == 7
    assert PassageIndex.of(TRAINING).window == 16


def test_hashes_meet_by_chance_no_oftener_than_random_numbers():
    index = PassageIndex.of(TRAINING)
    rng = np.random.default_rng(0)
    strange = "".join(chr(c) for c in rng.integers(0x3400, 0x9FFF, 300_000))
    expected = len(index.hashes) * 300_000 / 2**31  # about 4
    assert len(index.hashes) == len({TRAINING[n : n + 16] for n in range(len(TRAINING) - 15)})
    assert index.matches(strange).sum() < expected + 6 * expected**0.5


def test_the_command_writes_a_file_from_which_the_text_cannot_be_read(tmp_path):
    (tmp_path / "own.txt").write_text(TRAINING, encoding="utf-8")
    command = [sys.executable, "-m", "genai.text.indexing", str(tmp_path / "own.txt"), "--folder", str(tmp_path)]
    output = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True, timeout=60).stdout
    path = tmp_path / "text" / "own.safetensors"
    assert str(path) in output
    index, header = load("own", tmp_path), checkpoint.read_header(path)
    (content,) = checkpoint.load(path, "text")[1].values()
    assert b"says" not in path.read_bytes() + decompress(content, path.name)
    assert header.architecture == "index"
    assert index.longest_copy(TRAINING[500:600]) == Copy(0, 100)
    assert (np.diff(index.hashes.astype(np.int64)) > 0).all()


@pytest.mark.parametrize("hashes", [[], [0], [2**32 - 1], [0, 1, 255, 256, 65_536, 2**31, 2**32 - 1]])
def test_hashes_come_back_from_their_steps(hashes):
    values = np.array(hashes, np.uint32)
    assert decode(encode(values)).tolist() == hashes
    assert len(encode(values)) == 4 * len(hashes)


def test_a_million_random_hashes_take_little_more_than_their_entropy():
    """N of 2^32 values, in no order, have log2(2^32 / N) + log2(e) bits each, since N! is about (N / e)^N."""
    hashes = np.unique(np.random.default_rng(0).integers(0, 2**32, 1_000_000, np.uint32))
    bits = 8 * len(compress(encode(hashes))) / len(hashes)
    entropy = np.log2(2**32 / len(hashes)) + np.log2(np.e)
    assert entropy < bits < 1.06 * entropy


def test_an_index_of_an_earlier_version_is_read_and_a_broken_one_refused(tmp_path):
    index = PassageIndex.of(TRAINING)
    header = Header(modality="text", architecture="index", config={"window": 16}, **card_fields(CARDS["tang"]))
    path = tmp_path / "text" / "own.safetensors"
    hashes = np.unique(hash_strings(TRAINING, 16, bits=32))  # as they were then
    checkpoint.save(path, header, {"hashes": torch.from_numpy(hashes.view(np.int32))})
    assert np.array_equal(load("own", tmp_path).hashes, hashes)
    assert load("own", tmp_path).longest_copy(f"Mine, but {TRAINING[500:600]}") == Copy(10, 100)
    checkpoint.save(path, header, {"compressed_hashes": compress(encode(index.hashes))[:-9]})
    with pytest.raises(CheckpointError, match=r"own\.safetensors cannot be read"):
        load("own", tmp_path)
