"""One sample of each paper, plain and with the worst names: tests and the proof draw the same."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from roomapp.records.papers.heading import Issuer
from roomapp.records.papers.incident_minutes import CourseLine, IncidentMinutes, Present, write_incident_minutes
from roomapp.records.papers.notices import Notice, write_carrier_notice, write_gaps_notice, write_power_notice
from roomapp.records.papers.readiness import ITEMS, Checked, Readiness, ShutdownStep, write_readiness
from roomapp.records.papers.roster import OnDuty, Person, Reached, Replaced, Roster, write_roster
from roomapp.records.papers.upkeep_slip import Device, UpkeepEntry, write_upkeep_register, write_upkeep_slip
from roomapp.records.papers.usage_report import write_usage_report

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# Every letter of Vietnamese in both cases, and what else a name may hold.
LETTERS = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
    "AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬBCDĐEÈẺẼÉẸÊỀỂỄẾỆGHIÌỈĨÍỊKLMNOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢPQRSTUÙỦŨÚỤƯỪỬỮỨỰVXYỲỶỸÝỴ"
)
LONG = (
    "Hội nghị trực tuyến triển khai nhiệm vụ trọng tâm về chuyển đổi số, cải cách hành chính và phòng, chống thiên tai "
    * 3
)[:300]
UNBROKEN = "Kríêngh’Đắk" * 28  # 308 signs and no place to break a line
SITE = {
    "code": "TQ-SM-01",
    "name": "Xã Suối Mây",
    "kind": "commune",
    "unit": "UBND xã Suối Mây",
    "province": "Tuyên Quang",
    "time_zone": "Asia/Ho_Chi_Minh",
}
ISSUER = Issuer.from_site(SITE)
DAY = date(2026, 1, 5)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def meeting(n: int, title: str = "") -> dict[str, Any]:
    opening = at("2026-10-01T08:00") + timedelta(hours=9 * n)
    status = ("held", "held", "held", "cancelled", "postponed")[n % 5]
    held = status == "held"
    return {
        "id": f"m{n}",
        "title": title or f"Giao ban công tác tháng {n % 12 + 1}, lần {n}",
        "class": ("5.1", "5.2", "5.4.a", "5.4.b")[n % 4],
        "level": ("TW", "T", "X")[n % 3],
        "system": ("province", "sector")[n % 2],
        "host_unit": ("UBND tỉnh Tuyên Quang", "Sở Khoa học và Công nghệ")[n % 2],
        "role": "chair" if n % 3 == 2 else "member",
        "planned_opening": opening.isoformat(),
        "opened_at": (opening + timedelta(minutes=2)).isoformat() if held else None,
        "closed_at": (opening + timedelta(minutes=97, seconds=40)).isoformat() if held else None,
        "status": status,
        "postponed_from": None,
        "joined_at": (opening - timedelta(minutes=95)).isoformat() if held else None,
        "trial_finished_at": (opening - timedelta(hours=20)).isoformat() if held else None,
        "invitation_received_at": None,
        "attendance": 12 + n % 7 if held else None,
        "kind": ("working", "training", "other")[n % 3],
    }


def incident(n: int) -> dict[str, Any]:
    start = at("2026-10-01T08:30") + timedelta(hours=45 * n)
    return {
        "id": f"i{n}",
        "meeting_id": f"m{5 * n}",
        "kind": ("link", "sound", "picture", "power", "equipment")[n % 5],
        "started_at": start.isoformat(),
        "restored_at": (start + timedelta(minutes=6, seconds=30)).isoformat(),
        "connection_lost": n % 5 == 0,
        "cause": "Đứt cáp quang khu vực Bản Lìn",
        "remedy": "Chuyển sang đường truyền dự phòng 4G",
        "eta": (start + timedelta(minutes=20)).isoformat(),
        "told_chair_at": (start + timedelta(minutes=1)).isoformat(),
    }


def twin(meetings: int = 12, incidents: int = 3, title: str = "", **more: Any) -> dict[str, Any]:
    """As `roomapp report` makes it, its figures counted from its own rows."""
    rows = [meeting(n, title) for n in range(meetings)]
    faults = [incident(n) for n in range(incidents)]

    def count(status: str) -> dict[str, int]:
        levels = {level: sum(r["status"] == status and r["level"] == level for r in rows) for level in ("TW", "T", "X")}
        return {**levels, "total": sum(levels.values())}

    held = count("held")
    roles = {role: sum(r["status"] == "held" and r["role"] == role for r in rows) for role in ("member", "chair")}
    kinds = ("link", "sound", "picture", "power", "equipment")
    figures = {
        "meetings": {status: count(status) for status in ("held", "cancelled", "postponed")},
        "minutes": {key: 95 * value for key, value in held.items()},
        "connected_in_time": {"met": held["total"], "of": held["total"], "worst_lead_s": 5700 if rows else None},
        "trials": {"on_time": held["total"], "near_limit": 0, "late": 0, "none": 0},
        "trial_sessions": held["total"] + 1,
        "invitations_late": 1,
        "role": roles,
        "attendance": sum(r["attendance"] or 0 for r in rows),
        "incidents": {
            "total": len(faults),
            "in_meetings": len(faults),
            "interruption_s": 390 * sum(f["connection_lost"] for f in faults),
            "trouble_in_meetings_s": 390 * len(faults),
            "by_kind": {kind: sum(f["kind"] == kind for f in faults) for kind in kinds},
        },
        "availability": 0.989123 if rows else None,
    }
    return {
        "schema": 1,
        "site": SITE,
        "period": {
            "kind": "quarter",
            "from": "2026-10-01",
            "to": "2026-12-31",
            "basis": "calendar",
            "label_vi": "Quý IV năm 2026",
        },
        "rule_pack": {"name": "ha-giang", "version": "1.0"},
        "calendar": {"version": "2026-2", "confirmed": False},
        "figures": figures,
        "meetings": rows,
        "incidents": faults,
        **more,
    }


FULL: dict[str, Any] = {
    "made_on": "2027-01-05",
    "copies": ["Trung tâm Chuyển đổi số tỉnh"],
    "details": {
        "systems": ["Hệ thống GBTT của tỉnh", "Hệ thống GBTT ngành"],
        "budget_source": "Ngân sách xã",
        "trial_causes": {"Mất điện": 1},
        "invitations_incomplete": 2,
        "told_chair_mean_s": 62,
        "carrier_answer_mean_s": 240,
        "carrier_repair_mean_s": 3900,
        "loss_pct_mean": 0.2,
        "rtt_ms_mean": 38.0,
        "link": {"weak_s": 130.0},
        "self_tests": {"ready": 88, "of": 92},
        "other_use": {"refused": 1, "approved": 1, "papers": ["112/SKHCN-CĐS ngày 03/11/2026"]},
    },
    "remarks": {
        "difficulties": ["Đường truyền dự phòng yếu khi mưa.", "Thiếu bộ lưu điện."],
        "proposals": ["Cấp 01 bộ lưu điện."],
    },
    "staff": {"trained": 2, "changes": [], "trainings": ["Tập huấn vận hành ngày 12/10/2026, 03 người"]},
    "upkeep": {"done": 3, "overdue": 0, "repairs": 1, "cost_vnd": 1_850_000},
    "costs": [
        {
            "level": "X",
            "system": "province",
            "tariff_vnd": 150_000,
            "held": 5,
            "amount_vnd": 750_000,
            "payer": "Ngân sách tỉnh",
        },
        {
            "level": "X",
            "system": "sector",
            "tariff_vnd": 150_000,
            "held": 3,
            "amount_vnd": 450_000,
            "payer": "UBND xã Suối Mây",
        },
    ],
    "adjustments": [
        {"what": "Số người dự, cuộc họp m1", "before": "13", "after": "15", "reason": "Đếm thiếu hai đại biểu"}
    ],
}


def minutes(name: str = "", rows: int = 7) -> IncidentMinutes:
    start = at("2026-01-05T09:12:30")
    return IncidentMinutes(
        issuer=ISSUER,
        day=DAY,
        number=5,
        site=name or "Xã Suối Mây",
        started_at=start,
        place="Phòng họp trực tuyến, tầng 2, trụ sở UBND xã",
        present=(
            Present(name or "Nông Thị Ơn", "cán bộ đầu mối"),
            Present("Lò Văn Ỷ", "nhân viên kỹ thuật đường truyền"),
        ),
        meeting=name or "Giao ban công tác tháng 01",
        meeting_opening=at("2026-01-05T08:00"),
        minute_of_meeting=73,
        kinds=("link", "picture"),
        phenomenon="Mất hình và tiếng từ điểm cầu chủ tọa",
        cause="Đứt cáp quang khu vực Bản Lìn",
        remedy="Chuyển sang đường truyền dự phòng 4G",
        eta=start + timedelta(minutes=20),
        told_chair_at=start + timedelta(minutes=1),
        course=tuple(
            CourseLine(start + timedelta(minutes=n), name or "Nông Thị Ơn", "Gọi nhân viên kỹ thuật đường truyền")
            for n in range(rows)
        ),
        restored_at=start + timedelta(minutes=9),
        confirmed_at=start + timedelta(minutes=10),
        interruption_s=540,
        leave="Trần Văn Phúc, cán bộ kỹ thuật điều khiển, qua điện thoại",
        missed_speech=False,
        effect="Không bỏ lỡ phần phát biểu nào.",
        ticket="VNPT-2026-0105-17",
        called_at=start + timedelta(seconds=30),
        answered_at=start + timedelta(seconds=75),
        proposals="Kiểm tra lại tuyến cáp.",
        control_tech="Trần Văn Phúc",
        ended_at=at("2026-01-05T11:05"),
        officer=name or "Nông Thị Ơn",
        carrier_tech="Lò Văn Ỷ",
    )


def entry(name: str = "", devices: int = 2) -> UpkeepEntry:
    return UpkeepEntry(
        id="u1",
        kind="yearly",
        day=date(2026, 7, 24),
        devices=tuple(
            Device(name or f"Camera {n}", "Sony", f"SN00{n}", 2024, "Tốt", f"TS-{n:03d}") for n in range(devices)
        ),
        work="Vệ sinh, kiểm tra toàn hệ thống",
        agent="Khăn lau mềm, dung dịch lau ống kính",
        baseline_before="3f2a90",
        baseline_after="3f2a90",
        done_by=name or "Lò Văn Ỷ",
        received_by="Nông Thị Ơn",
        cost_vnd=1_850_000,
        payer="UBND xã Suối Mây",
        next_due=date(2027, 7, 24),
        attachments=("Hóa đơn số 12",),
    )


STEPS = (
    "Chủ tọa bế mạc", "Tắt Micro", "Kiểm tra camera", "Kiểm tra âm thanh", "Ngắt kết nối", "Tắt âm ly, bàn trộn âm",
    "Camera về Toàn cảnh", "Tắt camera", "Tắt màn hình", "Lưu nhật ký vận hành", "Tắt máy", "Ngắt nguồn điện",
)  # fmt: skip


def readiness(name: str = "") -> Readiness:
    opening = at("2026-11-30T08:00")
    framings = tuple(
        Checked(item="framing", result="pass", name=f"Ghế {n}", measured="Đã thấy hình", at=opening, rule="Điều 8.2.c")
        for n in range(1, 5)
    )
    others = tuple(
        Checked(item=item, result="pass", measured="Tốt", at=opening - timedelta(hours=2), rule="Điều 8.2")
        for item in ITEMS
        if item not in ("framing", "light")
    )
    return Readiness(
        issuer=ISSUER,
        day=opening.date(),
        meeting=name or "Hội nghị giao ban tháng 11",
        scale="5.4.b",
        role="member",
        opening=opening,
        strict=at("2026-11-27T08:00"),
        latest=at("2026-11-27T17:30"),
        connect=at("2026-11-30T06:30"),
        checked=(*others, *framings, Checked(item="light", result="skip", reason=name[:60] or "Không có cảm biến")),
        trial_verdict="Đúng hạn",
        trial_margin_s=3600,
        connected_at=at("2026-11-30T06:22:10"),
        lead_s=5870,
        connect_verdict="Đúng hạn",
        two_way_by=name or "Trần Văn Phúc",
        two_way_at=at("2026-11-30T06:40"),
        officer_code="CB-02",
        officer=name or "Nông Thị Ơn",
        shutdown=tuple(
            ShutdownStep(
                name=step, result="done", at=opening + timedelta(hours=4, minutes=n), who=name[:80] or "Nông Thị Ơn"
            )
            for n, step in enumerate(STEPS)
        ),
    )


def roster(name: str = "", people: int = 3, internal: bool = True) -> Roster:
    return Roster(
        issuer=ISSUER,
        day=DAY,
        site="Xã Suối Mây",
        version="2026-1",
        people=tuple(
            Person(
                name=name or f"Nông Thị Ơn {n}",
                unit="UBND xã Suối Mây",
                phone="0912 345 678",
                email="on.nt@suoimay.gov.vn",
                role="Cán bộ đầu mối",
                trained_on=date(2025, 5, 4),
            )
            for n in range(people)
        ),
        duties=(
            OnDuty(
                meeting=name or "Giao ban tháng 01",
                opening=at("2026-01-12T08:00"),
                officer="Nông Thị Ơn",
                substitute="Lò Văn Páo",
                chair_officer="Trần Thị Hà",
                control_tech="Trần Văn Phúc",
                agency="Trung tâm CĐS tỉnh",
                carrier_tech="Lò Văn Ỷ",
            ),
        ),
        contacts=(
            Reached(role="carrier_tech", name=name or "Lò Văn Ỷ", unit="VNPT Tuyên Quang", phone="0207 3 812 345"),
            Reached(role="power_company", name="Trực ban", unit="Điện lực", phone="1900 6769"),
        ),
        changes=(Replaced(day=DAY, left="Vàng A Sử", joined="Nông Thị Ơn"),),
        chairs=True,
        internal=internal,
    )


def notice(name: str = "") -> Notice:
    return Notice(
        issuer=ISSUER,
        day=date(2026, 7, 24),
        to=name or "Viễn thông Tuyên Quang",
        site=name or "Xã Suối Mây",
        meeting=name or "Hội nghị giao ban tháng 11",
        opening=at("2026-11-30T08:00"),
        end=at("2026-11-30T11:30"),
        strict=at("2026-11-27T08:00"),
        latest=at("2026-11-27T17:30"),
        connect=at("2026-11-30T06:30"),
        place="Phòng họp trực tuyến, tầng 2, trụ sở UBND xã",
        officer=name or "Nông Thị Ơn",
        phone="0912 345 678",
    )


GAPS = ("chair_officer_name", "chair_officer_phone", "scope", "system")
Draw = Callable[[Path], tuple[Path, ...]]


def papers(name: str = "") -> dict[str, Draw]:
    """Each paper by a name, as a call that writes it; `name` stands wherever a name or title can."""
    more = {**FULL, "costs": [], "adjustments": []} if name else FULL
    return {
        "usage report": lambda out: write_usage_report(twin(title=name, **more), out),
        "incident minutes": lambda out: write_incident_minutes(minutes(name), out),
        "upkeep slip": lambda out: write_upkeep_slip(ISSUER, entry(name), out),
        "upkeep register": lambda out: write_upkeep_register(ISSUER, [entry(name)] * 3, DAY, out),
        "readiness": lambda out: write_readiness(readiness(name), out),
        "roster": lambda out: write_roster(roster(name), out),
        "notice to the carrier": lambda out: write_carrier_notice(notice(name), out),
        "notice to the power company": lambda out: write_power_notice(notice(name), out),
        "gaps of an invitation": lambda out: write_gaps_notice(notice(name), GAPS, True, out),
    }
