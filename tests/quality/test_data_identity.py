"""Whether two files were made from the same data."""

from dataclasses import replace

import pytest

from genai import checkpoint
from genai.quality import shipped_networks
from genai.quality.data_identity import DataIdentity, identity_of
from genai.ui.views.originals import published_set

PUBLISHED = DataIdentity("image", "fashion", "MIT", "Copyright Zalando", "https://example.org")
OWN = DataIdentity("image", "fashion", "not stated", "own data", "fashion")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (PUBLISHED, PUBLISHED, True),
        (PUBLISHED, OWN, False),
        (PUBLISHED, replace(PUBLISHED, modality="audio"), False),
        (PUBLISHED, replace(PUBLISHED, sha256="a"), True),  # trained again: the shipped judge still fits
        (replace(PUBLISHED, sha256="a"), replace(PUBLISHED, sha256="b"), False),
        (OWN, OWN, True),  # both from before there were fingerprints
        (OWN, replace(OWN, sha256="a"), False),
        (replace(OWN, sha256="a"), replace(OWN, sha256="a", name="renamed", source="renamed"), True),
        (replace(OWN, sha256="a"), replace(OWN, sha256="b"), False),
    ],
)
def test_fingerprints_decide_before_names(one, other, same):
    assert one.matches(other) == same
    assert other.matches(one) == same


@pytest.mark.parametrize("modality", ["image", "audio"])
def test_the_shipped_judges_and_indexes_belong_to_the_shipped_models(modality):
    for entry in checkpoint.available(modality):
        header = checkpoint.read_header(entry.path)
        identity = identity_of(header)
        index = checkpoint.read_header(checkpoint.SHIPPED / "indexes" / modality / f"{header.data_set}.safetensors")
        judges = [shipped_networks.read_header(modality, header.data_set, kind) for kind in shipped_networks.KINDS]
        assert all(identity.matches(identity_of(other)) for other in (index, *judges))
        assert published_set(header) == header.data_set


def test_the_shipped_text_indexes_belong_to_the_shipped_models():
    for entry in checkpoint.available("text"):
        header = checkpoint.read_header(entry.path)
        index = checkpoint.read_header(checkpoint.SHIPPED / "indexes/text" / f"{header.data_set}.safetensors")
        assert identity_of(header).matches(identity_of(index))


def test_items_of_own_data_are_not_looked_for_in_a_published_set_of_the_same_name():
    header = checkpoint.read_header(checkpoint.SHIPPED / "image/fashion.safetensors")
    assert published_set(replace(header, licence="not stated", attribution="own data")) == ""
    assert published_set(None) == ""
