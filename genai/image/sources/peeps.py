"""What can be seen of an Open Peeps avatar, and its class, from the parts that DiceBear chose for it.

The names of the parts are DiceBear's. `peeps.json` lists them, and the values of each attribute with the parts that
count as that value. Parts are stored as numbers, positions in these lists: append to a list, never reorder it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genai.labels import Attribute, Labels

_CONTENT = json.loads(Path(__file__).with_name("peeps.json").read_text("utf-8"))
PARTS: dict[str, list[str]] = _CONTENT["parts"]
"""The options of each part, by its name in DiceBear; "" for none."""
COLOURED: list[str] = _CONTENT["coloured"]
"""The heads that are drawn in `headContrastColor`; the others are black."""
ATTRIBUTES = tuple(
    Attribute(attribute["name"], Labels(tuple(value["name"] for value in attribute["values"])))
    for attribute in _CONTENT["attributes"]
)
CLASSES = Labels(
    (
        {"en": "Long hair", "zh-CN": "长发"},
        {"en": "Curls", "zh-CN": "卷发"},
        {"en": "Hair tied up", "zh-CN": "束发"},
        {"en": "Short hair", "zh-CN": "短发"},
        {"en": "Bald", "zh-CN": "光头"},
        {"en": "Hat or headscarf", "zh-CN": "帽子或头巾"},
        {"en": "Glasses and long hair", "zh-CN": "长发戴眼镜"},
        {"en": "Glasses and short hair", "zh-CN": "短发戴眼镜"},
        {"en": "Glasses and other heads", "zh-CN": "其他发型戴眼镜"},
        {"en": "Moustache", "zh-CN": "小胡子"},
        {"en": "Beard", "zh-CN": "大胡子"},
        {"en": "Face mask", "zh-CN": "口罩"},
    )
)
HAIRSTYLE = [attribute.name["en"] for attribute in ATTRIBUTES].index("Hairstyle")
"""Number of the attribute that is the second label: it has the most values, of which a class alone loses some."""


def encode(options: Mapping[str, Any]) -> list[int]:
    """Return the number of each part (P,) that DiceBear's resolved options name.

    Raises:
        ValueError: if they name a part that is not listed.
    """
    numbers = []
    for part, choices in PARTS.items():
        choice = options.get(part) or ""
        numbers.append(choices.index(choice[0] if isinstance(choice, list) else choice))  # a colour is a list
    return numbers


def attributes(parts: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the value of each attribute (N, A) for the parts (N, P) of N avatars.

    Parts that hide one another count as seen: a beard under a mask is a beard.
    """
    columns = []
    for attribute in _CONTENT["attributes"]:
        table = _value_numbers(attribute)
        columns.append(table[_column(parts, attribute["part"])])
    names = [attribute.name["en"] for attribute in ATTRIBUTES]
    columns[names.index("Hair colour")] = _hair_colours(parts, columns[names.index("Hair colour")])
    return np.stack(columns, axis=1)


def classes(parts: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the class (N,) of N avatars from their parts (N, P).

    One label says what strikes the eye most: a mask before facial hair, that before glasses, those before the hair.
    So each class has at least 500 avatars to learn from.
    """
    values = attributes(parts)

    def has(attribute: str, *wanted: str) -> NDArray[np.bool_]:
        number = next(n for n, one in enumerate(ATTRIBUTES) if one.name["en"] == attribute)
        names = [value["en"] for value in ATTRIBUTES[number].values.names]
        return np.isin(values[:, number], [names.index(value) for value in wanted])

    glasses = has("Eyewear", "Glasses", "Sunglasses")
    conditions = {
        "Face mask": ~has("Mask", "No mask"),
        "Moustache": has("Facial hair", "Moustache"),
        "Beard": has("Facial hair", "Beard"),
        "Glasses and long hair": glasses & has("Hair", "Long"),
        "Glasses and short hair": glasses & has("Hair", "Short", "Mohawk"),
        "Glasses and other heads": glasses,
        "Long hair": has("Hair", "Long"),
        "Curls": has("Hair", "Curls"),
        "Hair tied up": has("Hair", "Tied up or braided"),
        "Short hair": has("Hair", "Short", "Mohawk"),
        "Bald": has("Hair", "Bald"),
        "Hat or headscarf": has("Hair", "Hat, scarf or costume"),
    }
    class_names = [name["en"] for name in CLASSES.names]
    numbers = [np.uint8(class_names.index(name)) for name in conditions]
    return np.select(list(conditions.values()), numbers).astype(np.uint8)


def _column(parts: NDArray[np.uint8], part: str) -> NDArray[np.uint8]:
    return parts[:, list(PARTS).index(part)]


def _value_numbers(attribute: Mapping[str, Any]) -> NDArray[np.uint8]:
    """Return the number of an attribute's value for each option of its part; 0 for an option of none."""
    choices = PARTS[attribute["part"]]
    table = np.zeros(len(choices), np.uint8)
    for number, value in enumerate(attribute["values"]):
        table[[choices.index(choice) for choice in value["of"]]] = number
    return table


def _hair_colours(parts: NDArray[np.uint8], colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the hair colours (N,): most heads have black hair, and DiceBear's colour may be of a beard only."""
    heads = _column(parts, "headVariant")
    coloured = np.isin(heads, [PARTS["headVariant"].index(head) for head in COLOURED])
    hair = _value_numbers(_CONTENT["attributes"][0])[heads]
    names = [value["name"]["en"] for value in _CONTENT["attributes"][0]["values"]]
    hidden = np.isin(hair, [names.index("Bald"), names.index("Hat, scarf or costume")])
    black = 1
    return np.where(coloured, colours, np.where(hidden, 0, black)).astype(np.uint8)
