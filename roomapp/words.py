"""Every sentence that reaches a person, in one language, from resources/i18n: for command line and screen alike."""

import tomllib
import unicodedata
from pathlib import Path

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
LANGUAGES = ("vi", "en")


class Words:
    """words("profile.unknown_key", key="port"): the sentence with its facts filled in.

    A key that is not in the catalogue, or a fact that the sentence needs and was not given, is a KeyError: a mistake
    in the program, which the tests look for.
    """

    def __init__(self, lang: str, folder: Path = RESOURCES / "i18n") -> None:
        if lang not in LANGUAGES:
            raise ValueError(f"no such language: {lang}")
        self.lang = lang
        self._texts: dict[str, str] = {}
        for file in sorted(folder.glob(f"*.{lang}.toml")):
            for area, texts in tomllib.loads(file.read_text(encoding="utf-8")).items():
                for name, text in texts.items():
                    key = f"{area}.{name}"
                    if key in self._texts:
                        raise ValueError(f"{file.name}: {key} stands in two files")
                    self._texts[key] = text

    def __call__(self, key: str, /, **facts: object) -> str:
        return self._texts[key].format(**facts)

    def decimal(self, value: float, places: int = 1) -> str:
        """A figure with the language's own decimal sign."""
        return f"{value:.{places}f}".replace(".", "," if self.lang == "vi" else ".")

    def __contains__(self, key: object) -> bool:
        return key in self._texts


def nfc(text: str) -> str:
    """One form of every letter: keyboards and pasted text bring "ế" as one sign or as three."""
    return unicodedata.normalize("NFC", text)
