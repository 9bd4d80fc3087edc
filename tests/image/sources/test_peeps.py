"""The attributes of avatars, against those of parts chosen by hand and against DiceBear's own lists."""

import json
from collections import Counter
from importlib.resources import files

import numpy as np
import pytest

from genai.datasets import folders
from genai.image.sources import avatars, peeps
from genai.language.strings import LANGUAGES

PLAIN = {
    "headVariant": "short1",
    "expressionVariant": "smile",
    "skinColor": ["#ffdbb4"],
    "clothingColor": ["#78e185"],
}


def seen(**options):
    """Attributes by name, and the class, of an avatar with some options besides the plain ones."""
    parts = np.array([peeps.encode(PLAIN | options)], np.uint8)
    (values,) = peeps.attributes(parts)
    pairs = zip(peeps.ATTRIBUTES, values, strict=True)
    attributes = {attribute.name["en"]: attribute.values.names[value]["en"] for attribute, value in pairs}
    return attributes, peeps.CLASSES.names[peeps.classes(parts)[0]]["en"]


def test_a_plain_avatar():
    assert seen() == (
        {
            "Hair": "Short",
            "Hairstyle": "Crew cut",
            "Hair colour": "Black",
            "Facial hair": "No facial hair",
            "Eyewear": "No eyewear",
            "Mask": "No mask",
            "Face": "Smile",
            "Skin": "Lightest skin",
            "Clothing": "Green",
        },
        "Short hair",
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"headVariant": "longBangs"}, "Long hair"),
        ({"headVariant": "mohawk", "headContrastColor": ["#c93305"]}, "Short hair"),
        ({"headVariant": "noHair2"}, "Bald"),
        ({"headVariant": "bear"}, "Hat or headscarf"),
        ({"headVariant": "twists", "accessoriesVariant": "eyepatch"}, "Curls"),
        ({"headVariant": "long", "accessoriesVariant": "glasses3"}, "Glasses and long hair"),
        ({"accessoriesVariant": "sunglasses"}, "Glasses and short hair"),
        ({"headVariant": "hijab", "accessoriesVariant": "glasses"}, "Glasses and other heads"),
        ({"facialHairVariant": "moustache3", "accessoriesVariant": "glasses"}, "Moustache"),
        ({"facialHairVariant": "full2"}, "Beard"),
        ({"facialHairVariant": "full2", "maskVariant": "respirator"}, "Face mask"),
    ],
)
def test_the_class_is_what_strikes_the_eye_most(options, expected):
    assert seen(**options)[1] == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"headVariant": "bangs", "headContrastColor": ["#d6b370"]}, "Blond"),
        ({"headVariant": "noHair3", "headContrastColor": ["#e8e1e1"]}, "Grey"),
        ({"headVariant": "short1", "facialHairVariant": "full4", "headContrastColor": ["#c93305"]}, "Black"),
        ({"headVariant": "turban"}, "None to be seen"),
        (
            {"headVariant": "noHair1", "facialHairVariant": "full4", "headContrastColor": ["#c93305"]},
            "None to be seen",
        ),
    ],
)
def test_the_colour_of_hair_is_not_that_of_a_beard(options, expected):
    assert seen(**options)[0]["Hair colour"] == expected


def test_an_unknown_part_is_refused():
    with pytest.raises(ValueError, match="wig"):
        peeps.encode(PLAIN | {"headVariant": "wig"})


def test_the_parts_are_dicebears():
    definition = json.loads(files("dicebear_styles").joinpath("open-peeps.json").read_text("utf-8"))
    for name, component in definition["components"].items():
        assert set(peeps.PARTS[f"{name}Variant"]) - {""} == set(component["variants"])
    for name, colour in definition["colors"].items():
        if name != "ink":
            assert set(peeps.PARTS[f"{name}Color"]) - {""} == set(colour["values"])
    uses_colour = {
        name
        for name, variant in definition["components"]["head"]["variants"].items()
        if '"name": "headContrast"' in json.dumps(variant)
    }
    assert set(peeps.COLOURED) == uses_colour


def test_every_option_has_one_value_of_each_attribute_and_names_are_told_apart():
    content = json.loads((files("genai.image.sources") / "peeps.json").read_text("utf-8"))
    for attribute in content["attributes"]:
        options = Counter(option for value in attribute["values"] for option in value["of"])
        if attribute["name"]["en"] != "Hair colour":  # none of its own: black, or hidden
            assert set(options) == set(peeps.PARTS[attribute["part"]])
        assert set(options.values()) == {1}
        for language in LANGUAGES:
            names = [value["name"][language] for value in attribute["values"]]
            assert all(names)
            assert len(set(names)) == len(names)


def test_no_name_of_a_class_has_the_mark_that_separates_them_in_a_list():
    assert not [name for names in peeps.CLASSES.names for name in names.values() if {",", "，", "、"} & set(name)]


def test_every_class_has_500_avatars_to_learn_from():
    with np.load(avatars.STORED_PARTS) as stored:
        classes = peeps.classes(stored["parts"])
    held_out = np.array(folders.split_by_hash([str(row) for row in range(len(classes))]))
    counts = np.bincount(classes[~held_out], minlength=len(peeps.CLASSES))
    assert counts.sum() == 18_000
    assert counts.min() >= 500
