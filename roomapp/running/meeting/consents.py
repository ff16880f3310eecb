"""The consent papers that were used in this room: kept with each call over another system, offered while they hold."""

import contextlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from roomapp.rules.consent_paper import ConsentPaper, paper_from
from roomapp.words import Words


class Consents:
    """Art. 4.2: a system that is not the site's own is used by a written consent alone."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._papers: dict[tuple[str, date, str], ConsentPaper] = {}  # by number, day and issuer

    def remember(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """A row that makes no sense is passed over: the paper is asked for again."""
        for _, body in rows:
            if "consent" in body:
                with contextlib.suppress(KeyError, TypeError, ValueError):
                    self._note(paper_from(body["consent"]))

    def holding(self, day: date) -> tuple[ConsentPaper, ...]:
        """The newest first."""
        papers = (paper for paper in self._papers.values() if paper.holds_on(day))
        return tuple(sorted(papers, key=lambda paper: paper.issued, reverse=True))

    def said(self, paper: ConsentPaper) -> str:
        """In one line."""
        by = self._words(f"consent.by_{paper.issuer}")
        line = self._words("consent.said", number=paper.number, day=f"{paper.issued:%d/%m/%Y}", by=by)
        if paper.until is None:
            return line
        return self._words("consent.said_until", said=line, day=f"{paper.until:%d/%m/%Y}")

    def used(self, paper: ConsentPaper | None) -> dict[str, Any]:
        """For the row of the call; the paper is offered the next time."""
        if paper is None:
            return {}
        self._note(paper)
        return {"paper": self.said(paper), "consent": paper.body()}

    def _note(self, paper: ConsentPaper) -> None:
        self._papers[paper.number, paper.issued, paper.issuer] = paper
