"""Báo cáo kết quả ứng dụng họp trực tuyến: docx, pdf and xlsx from the json twin, and from nothing else.

The twin is the one of `roomapp report` (schema 1): site, period, rule_pack, calendar, figures, meetings and incidents
with the columns of the register. Optional keys, each printed as “Chưa có số liệu” where it is absent:

* `made_on` ISO date of the paper (its day is left free without); `recipient` of “Kính gửi”; `copies` list of names
* `rule_pack.signed` true; anything else is printed as “chưa ký”
* `details`: systems [text], budget_source, trial_causes {text: n}, invitations_incomplete, told_chair_mean_s,
  carrier_answer_mean_s, carrier_repair_mean_s, loss_pct_mean, rtt_ms_mean, link {weak_s}, self_tests {ready, of},
  other_use {refused, approved, papers [text]}
* `remarks`: difficulties [text], proposals [text] (a plain list: difficulties)
* `staff`: trained (number), changes [text], trainings [text]
* `upkeep`: done, overdue, repairs, cost_vnd
* `costs` [{level, system, tariff_vnd, held, amount_vnd, payer}]
* `adjustments` [{what, before, after, reason}]: typed corrections, shown as such in an annex of their own
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from roomapp.records.papers import saying
from roomapp.records.papers.files import write_paper
from roomapp.records.papers.heading import Issuer, heading, paper_words, signer
from roomapp.records.papers.paper import Paper
from roomapp.records.papers.usage_report import annexes, body
from roomapp.words import nfc

KINDS = ("docx", "pdf", "xlsx")


def write_usage_report(twin: Mapping[str, Any], out: Path) -> tuple[Path, ...]:
    """The three files in the folder; KeyError or ValueError for a twin that is none, OSError where the disk refuses."""
    return write_paper(usage_paper(twin), out, stem(twin), KINDS)


def stem(twin: Mapping[str, Any]) -> str:
    """The name of the report's files, without what they are."""
    return f"bao-cao-hop-truc-tuyen-{twin['period']['from']}-{twin['period']['to']}"


def usage_paper(twin: Mapping[str, Any]) -> Paper:
    words = paper_words()
    issuer, period = Issuer.from_site(twin["site"]), twin["period"]
    last = date.fromisoformat(period["to"])
    made_on = date.fromisoformat(twin["made_on"]) if twin.get("made_on") else None
    top = heading(words, issuer, "BC", made_on, last.year, twin.get("number"))
    label = nfc(str(period["label_vi"]))
    sheets = annexes.annexes(words, twin, issuer, body.in_sentence(top.number), made_on)
    return Paper(
        kind=words("usage.kind"),
        subject=words("usage.subject", period=body.in_sentence(label)),
        heading=top,
        day=made_on or last,
        recipient=saying.addressed(words, (nfc(str(twin.get("recipient") or words("usage.to_department"))),)),
        body=body.body(words, twin, issuer, {key: sheet.title for key, sheet in sheets.items()}),
        closing=words("usage.closing", period=body.in_sentence(label), unit=issuer.title),
        copies=saying.copies(words, [nfc(str(one)) for one in twin.get("copies", ())]),
        signers=(signer(words, issuer),),
        annexes=tuple(sheets.values()),
    )
