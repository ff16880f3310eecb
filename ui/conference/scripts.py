"""What is put into a conference's pages before their own scripts: the observer, and the hands of a recipe."""

import json

from PySide6.QtWebEngineCore import QWebEngineScript

import resources
from ui.conference.site import Recipe

MAIN = QWebEngineScript.ScriptWorldId.MainWorld.value
APART = QWebEngineScript.ScriptWorldId.ApplicationWorld.value  # shares the page's document, not its scripts


def observer(name: str, silent_s: float) -> QWebEngineScript:
    """Counts from the page's own world, under a name that no page can know beforehand."""
    source = resources.path("web", "observer.js").read_text("utf-8")
    return _script("observer", source.replace("NAME", name).replace("= SILENT", f"= {silent_s * 1000:.0f}"), MAIN)


def engine(name: str, recipe: Recipe) -> QWebEngineScript:
    """Finds and presses from a world apart."""
    source = resources.path("web", "recipe.js").read_text("utf-8")
    return _script("hands", source.replace("HANDS", name).replace("RECIPE", json.dumps(recipe.engine)), APART)


def _script(name: str, source: str, world: int) -> QWebEngineScript:
    script = QWebEngineScript()
    script.setName(name)
    script.setSourceCode(source)
    script.setInjectionPoint(QWebEngineScript.InjectionPoint.DocumentCreation)
    script.setWorldId(world)
    script.setRunsOnSubFrames(True)
    return script
