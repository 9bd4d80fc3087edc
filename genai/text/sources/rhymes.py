"""The rhyme groups of a model's characters: python -m genai.text.sources.rhymes tang.

They are made from the rhyme book Guangyun (1008), which goes back to that of the Tang examinations: its 206 rhymes,
merged into the 106 groups named after Pingshui (1252). These join the rhymes that it lets rhyme, and a few more.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import tyro

from genai import checkpoint
from genai.datasets.downloads import Source, fetch
from genai.datasets.optional_import import import_optional
from genai.errors import exit_with_sentence

GUANGYUN = Source(
    name="text/guangyun",
    url="https://raw.githubusercontent.com/nk2028/tshet-uinh-data/3417ae0f5e387612c07659e8f52afb923ae10b25/韻書",
    files=("廣韻.csv",),
    sha256="be88a425ee085092ce5a6dccbb8167b03b535e765dbc1155af8236e30b0b401b",
)
# The 206 rhymes, those of one group together.
GROUPS = {
    "level": "東 冬鍾 江 支脂之 微 魚 虞模 齊 佳皆 灰咍 真諄臻 文欣 元魂痕 寒桓 刪山 "
    "先仙 蕭宵 肴 豪 歌戈 麻 陽唐 庚耕清 青 蒸登 尤侯幽 侵 覃談 鹽添嚴 咸銜凡",
    "rising": "董 腫 講 紙旨止 尾 語 麌姥 薺 蟹駭 賄海 軫準 吻隱 阮混很 旱緩 潸產 "
    "銑獮 篠小 巧 晧 哿果 馬 養蕩 梗耿靜 迥拯等 有厚黝 寑 感敢 琰忝儼 豏檻范",
    "departing": "送 宋用 絳 寘至志 未 御 遇暮 霽祭 泰 卦怪夬 隊代廢 震稕 問焮 願慁恨 翰換 諫襇 "
    "霰線 嘯笑 效 号 箇過 禡 漾宕 映諍勁 徑證嶝 宥候幼 沁 勘闞 豔㮇釅 陷鑑梵",
    "entering": "屋 沃燭 覺 質術櫛 物迄 月沒 曷末 黠鎋 屑薛 藥鐸 陌麥昔 錫 職德 緝 合盍 葉怗業 洽狎乏",
}
# Characters of the poems that the Guangyun writes otherwise.
VARIANTS = dict(
    zip(
        "间窗魂斾剑鞍髪联廻皓臯隣幷呌逈着煮鏁秖栢趂烹粧讐胸怱徴裙",
        "閒窻䰟旆劒鞌髮聮迴晧皋鄰并叫迥著煑鎖祇柏趁亨妝讎胷悤徵帬",
        strict=True,
    )
)


def make_table(
    entries: Iterable[tuple[str, str]], characters: str, simplify: Callable[[str], str]
) -> list[tuple[str, str, str]]:
    """Sort characters into rhyme groups: rows of tone, the group's first rhyme, and its characters.

    A simplified character has the readings of all traditional ones that it stands for, so it may be in several
    groups, as may a character with several readings.

    Args:
        entries: Character in traditional script, and its rhyme among the 206, of each entry of the book.
        characters: Those to sort, in simplified script; others of the book are left out.
        simplify: Converts traditional to simplified script.
    """
    rhymes: dict[str, set[str]] = defaultdict(set)
    for character, rhyme in entries:
        for form in {character, simplify(character)}:
            rhymes[form].add(rhyme)
    for form, original in VARIANTS.items():
        rhymes[form] = rhymes[form] | rhymes.get(original, set())
    return [
        (tone, group[0], "".join(one for one in characters if rhymes.get(one, set()) & set(group)))
        for tone, groups in GROUPS.items()
        for group in groups.split()
    ]


def main(name: tyro.conf.Positional[str] = "tang", *, path: Path = Path("rhymes.csv")) -> None:
    """Write the rhyme groups of a model's characters.

    Args:
        name: Of a text model, or the path of its file.
        path: Of the table.
    """
    simplify = import_optional("opencc", "opencc-python-reimplemented==0.1.7").OpenCC("t2s").convert
    with (fetch(GUANGYUN) / GUANGYUN.files[0]).open(encoding="utf-8", newline="") as file:
        entries = [(row["字頭"], row["韻目原貌"]) for row in csv.DictReader(file)]
    vocabulary = checkpoint.read_header(checkpoint.find(name, "text")).vocabulary
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(make_table(entries, vocabulary, simplify))


if __name__ == "__main__":
    with exit_with_sentence():
        tyro.cli(main)
