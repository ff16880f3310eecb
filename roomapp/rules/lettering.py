"""Vietnamese letters as people look for them and as lists order them: pure, without Qt."""

import unicodedata

BREVE, CIRCUMFLEX, HORN, BAR = (
    unicodedata.lookup(f"COMBINING {name}") for name in ("BREVE", "CIRCUMFLEX ACCENT", "HORN", "SHORT STROKE OVERLAY")
)
MARKS = ("GRAVE ACCENT", "HOOK ABOVE", "TILDE", "ACUTE ACCENT", "DOT BELOW")  # huyền, hỏi, ngã, sắc, nặng
TONES = ("", *(unicodedata.lookup(f"COMBINING {name}") for name in MARKS))  # the first: ngang
SHAPES = ("", BREVE, CIRCUMFLEX, HORN, BAR)  # as they follow the bare letter: a ă â, o ô ơ, d đ
D_BAR = unicodedata.lookup("LATIN SMALL LETTER D WITH STROKE")


def folded(text: str) -> str:
    """Without marks and in small letters, đ as d: "duong truyen" finds "Đường truyền"."""
    apart = unicodedata.normalize("NFD", text.casefold().replace(D_BAR, "d"))
    return " ".join("".join(sign for sign in apart if not unicodedata.combining(sign)).split())


def sort_key(text: str) -> tuple[tuple[tuple[str, int], ...], tuple[int, ...], str]:
    """The order of a Vietnamese list: letters first (a ă â … d đ …), then tones, then small before capital."""
    letters, tones = list[tuple[str, int]](), list[int]()
    for sign in unicodedata.normalize("NFD", text.casefold().replace(D_BAR, "d" + BAR)):
        if sign in TONES and tones:
            tones[-1] = TONES.index(sign)
        elif sign in SHAPES and letters:
            letters[-1] = (letters[-1][0], SHAPES.index(sign))
        elif not unicodedata.combining(sign):
            letters.append((sign, 0))
            tones.append(0)
    return tuple(letters), tuple(tones), unicodedata.normalize("NFC", text).swapcase()
