"""Classes, titles, licences and sources of the named sets of pictures."""

from genai.datasets.card import DataCard
from genai.labels import Labels

CLOTHES = Labels(
    (
        {"en": "T-shirt", "zh-CN": "T恤"},
        {"en": "Trouser", "zh-CN": "裤子"},
        {"en": "Pullover", "zh-CN": "套头衫"},
        {"en": "Dress", "zh-CN": "连衣裙"},
        {"en": "Coat", "zh-CN": "外套"},
        {"en": "Sandal", "zh-CN": "凉鞋"},
        {"en": "Shirt", "zh-CN": "衬衫"},
        {"en": "Sneaker", "zh-CN": "运动鞋"},
        {"en": "Bag", "zh-CN": "包"},
        {"en": "Ankle boot", "zh-CN": "短靴"},
    )
)

CALLIGRAPHY = Labels(
    (
        {"en": "Ma Shan Zheng", "zh-CN": "马善政毛笔楷书"},
        {"en": "Zhi Mang Xing", "zh-CN": "志莽行书"},
        {"en": "Liu Jian Mao Cao", "zh-CN": "流江毛草"},
    )
)

CARDS = {
    "fashion": DataCard(
        name="fashion",
        title={"en": "Fashion-MNIST: clothes", "zh-CN": "Fashion-MNIST 服饰图片"},
        licence="MIT",
        attribution="Copyright (c) 2017 Zalando SE",
        source="https://github.com/zalandoresearch/fashion-mnist",
    ),
    "characters": DataCard(
        name="characters",
        title={"en": "Open Peeps: drawn people", "zh-CN": "Open Peeps 手绘人物头像"},
        licence="CC0-1.0",
        attribution=(
            "Remix of “Open Peeps” (https://www.openpeeps.com/) by “Pablo Stanley”, licensed under “CC0 1.0” "
            "(https://creativecommons.org/publicdomain/zero/1.0/); drawn with DiceBear"
        ),
        source="Python packages dicebear-core 10.7.0, dicebear-styles 10.6.0, resvg-py 0.5.0",
    ),
    "calligraphy": DataCard(
        name="calligraphy",
        title={"en": "Brush calligraphy in three hands", "zh-CN": "毛笔书法（三种字体）"},
        licence="OFL-1.1",
        attribution=(
            "Copyright 2018 The MaShanZheng Project Authors (https://github.com/googlefonts/mashanzheng); "
            "Copyright 2018 The ZhiMangXing Project Authors (https://github.com/googlefonts/zhimangxing); "
            "Copyright 2018 The Liu Jian Mao Cao Project Authors (https://www.github.com/googlefonts/liujianmaocao)"
        ),
        source="npm packages @fontsource/ma-shan-zheng, @fontsource/zhi-mang-xing, @fontsource/liu-jian-mao-cao",
    ),
}
