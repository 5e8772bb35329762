import pytest

from bunco.storage.words import tokens
from bunco.stores_elastic.analysis import ANALYZER
from bunco.stores_elastic.cluster import Cluster

pytestmark = pytest.mark.services

BLOCKS = {
    "latin": range(0x20, 0x250),
    "marks, greek, cyrillic": range(0x2B0, 0x530),
    "hebrew, arabic": range(0x591, 0x700),
    "indic": range(0x900, 0xA80),
    "more latin": range(0x1E00, 0x2000),
    "signs": range(0x2000, 0x2400),
    "kana, ideographs": range(0x3040, 0x3400),
    "letters in circles": range(0x1F100, 0x1F200),
    "emoji": range(0x1F600, 0x1F700),
}


def test_text_is_cut_into_the_same_words_as_everywhere(cluster: Cluster) -> None:
    cluster.ready(["2026.03"])
    path = f"/{cluster.month('2026.03')}/_analyze"

    for name, block in BLOCKS.items():
        text = " 7 ".join(f"x{chr(code)}y" for code in block)
        answer = cluster.connection.request("POST", path, {"analyzer": ANALYZER, "text": text})

        assert (name, [token["token"] for token in answer["tokens"]]) == (name, tokens(text))
