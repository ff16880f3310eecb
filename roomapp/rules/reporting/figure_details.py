"""Further tables of a usage report under the key `details`: sums, so that many sites' may be added up, and means.

Not among the figures that the province fixed; every mean stands beside the sums that it comes from.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from roomapp.rules.carrier import CarrierTimes, carrier_sums
from roomapp.rules.link_sums import LinkSums, total
from roomapp.rules.reporting.figures import Share, held_s, minutes
from roomapp.rules.reporting.periods import Period


def details(
    part: Share,
    period: Period,
    links: Mapping[str, LinkSums] = MappingProxyType({}),
    carriers: Mapping[str, CarrierTimes] = MappingProxyType({}),
) -> dict[str, Any]:
    """`held_by_*`: held meetings by class, kind, system and host unit ("" where nobody told); `*_mean*`: see means().

    `incidents_open`: begun in the period and not restored yet; `told_chair`: of those told to the chair site, the
    count and the sum of seconds from the start (Art. 9.2.d); `judged`: held meetings whose opening or closing nobody
    told; `days_used`: days with a held meeting, in the site's zone; `link`: LinkSums of the held meetings, out of
    `links`, which has them by meeting; `carrier_*`: carrier_sums() out of `carriers`, which has them by incident.
    """
    told = [(i.told_chair_at - i.started_at).total_seconds() for i in part.incidents if i.told_chair_at is not None]
    found: dict[str, Any] = {
        "held_by_class": tally(str(m.scale) for m in part.held),
        "held_by_kind": tally(m.kind for m in part.held),
        "held_by_system": tally(m.system for m in part.held),
        "held_by_host_unit": tally(m.host_unit for m in part.held),
        "held_by_role": tally(str(m.role) for m in part.held),
        "held_s": held_s(part.held),
        "held_minutes": sum(minutes(m) for m in part.held),
        "held": len(part.held),
        "days_used": len({m.opened_at.astimezone(period.zone).date() for m in part.held if m.opened_at is not None}),
        "judged": sum(m.judged for m in part.held),
        "incidents_open": sum(i.restored_at is None for i in part.incidents),
        "incidents_outside": sum(i.meeting_id is None for i in part.incidents),
        "link": total(links[m.id] for m in part.held if m.id in links).body(),
        **carrier_sums(carriers[i.id] for i in part.incidents if i.id in carriers),
        "told_chair": len(told),
        "told_chair_s": sum((timedelta(seconds=s) for s in told), timedelta()).total_seconds(),
    }
    return {**found, **means(found), "systems": sorted({m.system for m in part.held if m.system})}


def means(found: dict[str, Any]) -> dict[str, float | None]:
    """From the sums of details(): minutes of a meeting, seconds until the chair site was told, loss and round trip of
    the connection; None: of nothing."""
    link = LinkSums.of(found.get("link") or {})
    loss, rtt = link.loss_pct(), link.rtt_ms()
    return {
        "loss_pct_mean": round(loss, 2) if loss is not None else None,
        "rtt_ms_mean": round(rtt, 1) if rtt is not None else None,
        "carrier_answer_mean_s": _mean(found, "carrier_answer_s", "carrier_answered"),
        "carrier_repair_mean_s": _mean(found, "carrier_repair_s", "carrier_mended"),
        "minutes_mean": _mean(found, "held_minutes", "held"),
        "told_chair_mean_s": _mean(found, "told_chair_s", "told_chair"),
    }


def _mean(found: Mapping[str, Any], total_of: str, many: str) -> float | None:
    return round(found[total_of] / found[many], 1) if found.get(many) else None


def tally(values: Iterable[str]) -> dict[str, int]:
    """How often each value stands there, in their order."""
    return dict(sorted(Counter(values).items()))
