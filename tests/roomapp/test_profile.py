"""A profile is checked whole: every fault named with its line and its remedy, and nothing secret repeated."""

import os
from pathlib import Path

import pytest

from devices.camera.models import MODELS
from devices.camera.onvif.models import MODELS as ONVIF_MODELS
from devices.conference.codec.models import NEEDS
from roomapp.profile import PRACTICE, Fault, ProfileError, check_profile, load_profile
from roomapp.profile.choices import CAMERA_MODELS, CODEC_NEEDS, VISCA_MODELS
from roomapp.words import RESOURCES, Words
from tests.proofs.profile_mutations import judge

VI, EN = Words("vi"), Words("en")
SITE = 'schema = 1\n[site]\ncode = "A"\nname = "B"\nkind = "commune"\nunit = "C"\nrules = "ha-giang"\n'
CAMERA = '[[camera]]\nid = "main"\nname = "M"\ndriver = "visca-udp"\nhost = "10.0.0.1"\n'
PLATFORM = '[[platform]]\nid = "tinh"\nname = "T"\nroad = "web"\n'


@pytest.fixture
def room(tmp_path: Path) -> Path:
    return tmp_path / "room.toml"


def faults(room: Path, text: str | bytes, words: Words = EN) -> list[Fault]:
    room.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check_profile(room, words)[0]


def warnings(room: Path, text: str) -> list[Fault]:
    room.write_text(text, encoding="utf-8")
    found, warned = check_profile(room, EN)
    assert found == []
    return warned


def only(found: list[Fault]) -> Fault:
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("name", ["practice.toml", "example.toml"])
def test_supplied_profiles_are_good_and_without_warning(name: str) -> None:
    assert check_profile(RESOURCES / "profiles" / name, VI) == ([], [])


def test_practice_room_has_what_a_room_needs() -> None:
    room = load_profile(PRACTICE, VI)
    assert [seat.name for seat in room.seats if not seat.overview] == [f"Ghế {number}" for number in range(1, 7)]
    assert [seat.preset for seat in room.seats] == [0, 1, 2, 3, 4, 5, 6]
    assert room.platforms[0].address("Họp 1/2", "") == "http://127.0.0.1:8000/hop/H%E1%BB%8Dp%201%2F2"
    assert str(room.site.zone) == "Asia/Ho_Chi_Minh"
    assert len(room.officers) == 2


def test_bare_site_is_a_valid_profile(room: Path) -> None:
    assert faults(room, SITE) == []


def test_every_fault_is_found_not_only_the_first(room: Path) -> None:
    text = 'schema = 1\n[site]\nname = 3\nkind = "village"\nunit = "C"\nrules = "nowhere"\ncolour = "red"\n' + CAMERA
    found = faults(
        room, text + 'prot = 52381\npreset = 1\n[[seat]]\nid = "a b"\nname = "S"\ncamera = "other"\npreset = 300\n'
    )
    assert [fault.where for fault in found] == [
        "line 2: site",
        "line 3: site.name",
        "line 4: site.kind",
        "line 6: site.rules",
        "line 7: site.colour",
        "line 13: camera.main.prot",
        "line 14: camera.main.preset",
        "line 16: seat.a b.id",
        "line 18: seat.a b.camera",
        "line 19: seat.a b.preset",
    ]


def test_unknown_key_is_named_with_its_line_and_the_likely_one(room: Path) -> None:
    fault = only(faults(room, SITE + CAMERA + "prot = 1\n", VI))
    assert fault == Fault(
        "dòng 13: camera.main.prot",
        "Khóa “prot” không có trong cấu hình.",
        "Có phải là “port” không? Nếu không, hãy xóa dòng này.",
    )


def test_newer_schema_is_refused_in_one_sentence(room: Path) -> None:
    fault = only(faults(room, 'schema = 2\n[site]\nnew = "key"\n[future]\n'))
    assert "newer version" in fault.problem


@pytest.mark.parametrize("text", ["", SITE.replace("schema = 1\n", "")])
def test_missing_schema_is_named(room: Path, text: str) -> None:
    assert any("“schema”" in fault.problem for fault in faults(room, text))


@pytest.mark.parametrize("schema", ['"1"', "true", "1.0", "0", "[1]"])
def test_schema_of_another_kind_is_refused(room: Path, schema: str) -> None:
    assert faults(room, SITE.replace("schema = 1", f"schema = {schema}"))


def test_bad_toml_is_named_with_line_and_column(room: Path) -> None:
    fault = only(faults(room, SITE + "[[camera]\n"))
    assert (fault.where, "column" in fault.problem) == ("line 8", True)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (SITE.encode("utf-16"), "not UTF-8"),
        (SITE.encode() + b"# \xff\n", "not UTF-8"),
        (b"#" * 1_000_001, "larger than"),
        (b"\0", "not valid TOML"),
        (b"a = " + b"[" * 100_000, "nested"),
        (b"a." * 200_000 + b"b = 1", "nested"),
        (b"a = " + b"9" * 10_000, "not valid TOML"),
    ],
)
def test_what_is_no_profile_is_said_in_one_sentence(room: Path, data: bytes, sentence: str) -> None:
    assert sentence in only(faults(room, data)).problem


def test_byte_order_mark_and_windows_line_ends_are_tolerated(room: Path) -> None:
    assert faults(room, b"\xef\xbb\xbf" + SITE.replace("\n", "\r\n").encode()) == []


def test_folder_missing_file_and_pipe_are_told_apart(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    problems = [only(check_profile(tmp_path / name, EN)[0]).problem for name in ("", "none.toml", "pipe", "a\0b")]
    assert [problem.split()[2] for problem in problems] == ["a", "file", "not", "file"]
    assert len(set(problems)) == 4


def test_decomposed_text_is_kept_composed(room: Path) -> None:
    room.write_text(SITE.replace('"B"', '"Xa\u0303"'), encoding="utf-8")
    assert load_profile(room, VI).site.name == "Xã"


@pytest.mark.parametrize(
    "line",
    [
        'password = "hunter2"',
        'PIN = "hunter2"',
        'camera_password = "hunter2"',
        'token = "hunter2"',
        'mat_khau = "hunter2"',
    ],
)
def test_password_in_a_profile_is_refused_and_not_repeated(room: Path, line: str) -> None:
    fault = only(faults(room, SITE + CAMERA + line + "\n"))
    assert "secret set" in fault.remedy
    assert "hunter2" not in f"{fault}"


@pytest.mark.parametrize(
    "line",
    [
        'video = "rtsp://admin:hunter2@10.0.0.1/2"',
        'video = "http://10.0.0.1/mjpg?user=a&pwd=hunter2"',
        'model = "https://admin@hunter2/"',
    ],
)
def test_account_in_an_address_is_refused_and_not_repeated(room: Path, line: str) -> None:
    found = faults(room, SITE + CAMERA + line + "\n")
    assert any("account" in fault.problem for fault in found)
    assert "hunter2" not in f"{found}"


def test_secret_that_is_no_name_is_refused_and_not_repeated(room: Path) -> None:
    fault = only(faults(room, SITE + CAMERA + 'secret = "Hunter2!"\n'))
    assert "Hunter2" not in f"{fault}"
    assert "secret set" in fault.remedy


LATER = [
    ("display", "driver", "pjlink"),
    ("display", "driver", "cec"),
    ("outlet", "driver", "tasmota"),
    ("sensor", "driver", "camera-light"),
]


@pytest.mark.parametrize(("kind", "key", "choice"), LATER)
def test_driver_that_comes_later_is_named_as_such(room: Path, kind: str, key: str, choice: str) -> None:
    extra = 'quantity = "light"\n' if kind == "sensor" else ""
    text = f'{SITE}[[{kind}]]\nid = "x"\nname = "X"\n{key} = "{choice}"\n{extra}'
    assert only(faults(room, text, VI)).problem == f"“{choice}” chưa có trong phiên bản này."


def test_onvif_camera_tells_its_own_video_address_and_needs_the_name_of_its_password(room: Path) -> None:
    camera = '[[camera]]\nid = "x"\nname = "X"\ndriver = "onvif"\nhost = "10.0.0.1"\nvideo = "onvif"\n'
    assert faults(room, SITE + camera) == []
    assert "“secret”" in only(faults(room, SITE + camera + 'username = "admin"\n', VI)).problem


def test_camera_model_that_is_in_no_table_is_refused_with_those_that_are(room: Path) -> None:
    fault = only(faults(room, SITE + CAMERA + 'model = "nonsense"\n'))
    assert "sony-64" in fault.remedy
    assert faults(room, SITE + CAMERA + 'model = "sony-64"\n') == []


def test_models_of_the_profile_are_those_of_the_drivers() -> None:
    assert set(MODELS) == VISCA_MODELS
    assert set(ONVIF_MODELS) == CAMERA_MODELS["onvif"]


def test_ups_that_comes_later_is_named_as_such(room: Path) -> None:
    assert "“nut”" in only(faults(room, SITE + '[ups]\ndriver = "nut"\nups_name = "ups"\n')).problem


@pytest.mark.parametrize(
    ("driver", "port"), [("visca-udp", 52381), ("visca-udp-raw", 1259), ("visca-tcp", 5678), ("onvif", 80)]
)
def test_port_follows_the_driver(room: Path, driver: str, port: int) -> None:
    room.write_text(SITE + CAMERA.replace("visca-udp", driver), encoding="utf-8")
    assert load_profile(room, VI).cameras[0].port == port


@pytest.mark.parametrize(
    "line",
    [
        "port = 0",
        "port = 65536",
        'port = "80"',
        "port = true",
        "port = 1.0",
        "boot_s = nan",
        "boot_s = -1",
        "address = 0",
    ],
)
def test_number_beyond_its_limits_is_refused_by_name(room: Path, line: str) -> None:
    assert f"“{line.split()[0]}”" in only(faults(room, SITE + CAMERA + line + "\n")).problem


@pytest.mark.parametrize("host", ["", "http://10.0.0.1", "10.0.0.1:80", "10.0.0.1/2", "a b", "máy"])
def test_host_that_is_no_host_is_refused(room: Path, host: str) -> None:
    only(faults(room, SITE + CAMERA.replace("10.0.0.1", host)))


@pytest.mark.parametrize("host", ["cam-1.local", "fe80::1", "192.168.1.50"])
def test_host_may_be_a_name_or_an_address(room: Path, host: str) -> None:
    assert faults(room, SITE + CAMERA.replace("10.0.0.1", host)) == []


def test_driver_says_what_it_needs(room: Path) -> None:
    text = SITE + CAMERA.replace('host = "10.0.0.1"\n', "")
    assert "“host”" in only(faults(room, text)).problem
    assert "“device”" in only(faults(room, text.replace("visca-udp", "visca-serial"))).problem


def test_same_id_twice_is_refused_at_the_second(room: Path) -> None:
    assert only(faults(room, SITE + CAMERA + CAMERA)).where == "line 14: camera.main.id"


def test_usb_number_is_a_warning_and_a_stable_name_none(room: Path) -> None:
    assert "USB number" in only(warnings(room, SITE + CAMERA + 'video = "usb:0"\n')).problem
    assert warnings(room, SITE + CAMERA + 'video = "usb:usb-046d_HD_Pro-video-index0"\n') == []


@pytest.mark.parametrize(
    "video", ["ftp://10.0.0.1/", "rtsp:///2", "rtsp://10.0.0.1:99999/", "usb:", "onvif", "camera", "https://a/"]
)
def test_source_of_pictures_that_cannot_be_is_refused(room: Path, video: str) -> None:
    only(faults(room, SITE + CAMERA + f'video = "{video}"\n'))


@pytest.mark.parametrize("device", ["3", '"3"', '"hw:0"', '"plughw:1,0"', '"usb:0"'])
@pytest.mark.parametrize("kind", ["microphone", "loudspeaker"])
def test_sound_device_by_index_is_refused(room: Path, kind: str, device: str) -> None:
    fault = only(faults(room, f'{SITE}[[{kind}]]\nid = "m"\nname = "M"\ndevice = {device}\n'))
    assert "index" in fault.problem


def seat(rest: str, name: str = "s") -> str:
    return f'[[seat]]\nid = "{name}"\nname = "S"\ncamera = "main"\n{rest}\n'


@pytest.mark.parametrize(
    "rest", ["", "preset = -1", "preset = 256", "preset = 1\nx = 1.1", "preset = 1\ny = -0.1", "preset = 1.5"]
)
def test_seat_that_cannot_be_aimed_at_is_refused(room: Path, rest: str) -> None:
    only(faults(room, SITE + CAMERA + seat(rest)))


def test_second_overview_of_a_camera_is_refused(room: Path) -> None:
    two = seat("preset = 0\noverview = true", "a") + seat("preset = 1\noverview = true", "b")
    assert "overview" in only(faults(room, SITE + CAMERA + two)).where


def test_outlet_that_feeds_nothing_known_is_refused(room: Path) -> None:
    outlet = '[[outlet]]\nid = "o"\nname = "O"\ndriver = "manual"\nfeeds = ["pc", "camera:main", "display:tv"]\n'
    assert only(faults(room, SITE + CAMERA + outlet)).where == "line 17: outlet.o.feeds[3]"


@pytest.mark.parametrize(
    ("url", "allow"),
    [
        ("http://hop.example.vn/{room}", '["hop.example.vn"]'),
        ("https://hop.example.vn/{code}", '["hop.example.vn"]'),
        ("https://hop.example.vn/{room", '["hop.example.vn"]'),
        ("https://{room}.example.vn/", '["hop.example.vn"]'),
        ("https://hop.example.vn/{room}", "[]"),
        ("https://hop.example.vn/{room}", '["example.vn"]'),
        ("https://hop.example.vn:8443/", '["hop.example.vn:443"]'),
        ("https://hop.example.vn\\\\.evil.example/", '["hop.example.vn"]'),
        ("https:///x", '["hop.example.vn"]'),
        ("javascript:alert(1)", '["hop.example.vn"]'),
        ("file:///etc/passwd", '["hop.example.vn"]'),
        ("https://hop.example.vn/", '["hop.example.vn", "https://a.vn/"]'),
        ("https://hop.example.vn/", '["hop.example.vn", "*"]'),
    ],
)
def test_address_that_must_not_be_loaded_is_refused(room: Path, url: str, allow: str) -> None:
    only(faults(room, f'{SITE}{PLATFORM}url = "{url}"\nallow = {allow}\n'))


@pytest.mark.parametrize(
    "url", ["https://hop.example.vn/{room}?n={name}", "http://127.0.0.1:80/", "http://localhost/x"]
)
def test_address_without_allow_list_allows_its_own_origin_only(room: Path, url: str) -> None:
    room.write_text(f'{SITE}{PLATFORM}url = "{url}"\n', encoding="utf-8")
    platform = load_profile(room, VI).platforms[0]
    assert platform.may_load(platform.address("a", "b"))
    assert not platform.may_load("https://elsewhere.example/")


def test_allowed_host_is_loaded_over_https_only_and_by_no_trick(room: Path) -> None:
    room.write_text(
        f'{SITE}{PLATFORM}url = "https://hop.example.vn/"\nallow = ["Hop.example.vn", "b.vn:8443"]\n', "utf-8"
    )
    platform = load_profile(room, VI).platforms[0]
    good = ["https://hop.example.vn/a", "https://HOP.example.vn:8443/", "https://b.vn:8443/"]
    bad = [
        "http://hop.example.vn/",
        "https://b.vn/",
        "https://hop.example.vn@evil.vn/",
        "https://evil.vn\\.hop.example.vn/",
    ]
    assert [platform.may_load(url) for url in good + bad] == [True] * 3 + [False] * 4
    assert not any(
        platform.may_load(url)
        for url in ("", "https://[", "file:///x", "https://hop.example.vn.evil.vn/", "https://a@hop.example.vn/")
    )


@pytest.mark.parametrize(
    "probe", ["ping://a.vn", "tcp://a.vn", "a.vn:443", "tcp://:443", "stun://a.vn:0", "tcp://a.vn:443/x"]
)
def test_probe_that_cannot_be_sent_is_refused(room: Path, probe: str) -> None:
    only(faults(room, f'{SITE}[[link]]\nid = "l"\nname = "L"\nprobe = "{probe}"\n'))


@pytest.mark.parametrize("server", ["a.vn", "tcp://a.vn:5201", "iperf3://", "iperf3://a.vn:0", "iperf3://a.vn/x"])
def test_measuring_server_that_cannot_be_asked_is_refused(room: Path, server: str) -> None:
    link = f'{SITE}[[link]]\nid = "l"\nname = "L"\nprobe = "tcp://a.vn:443"\nthroughput = "{server}"\n'
    assert only(faults(room, link)).where == "line 12: link.l.throughput"


@pytest.mark.parametrize("zone", ["Asia/Hanoi", "Asia", "../../etc/passwd", "/etc/passwd", "x" * 150])
def test_time_zone_that_is_none_is_refused(room: Path, zone: str) -> None:
    assert only(faults(room, f'{SITE}time_zone = "{zone}"\n')).where == "line 8: site.time_zone"


def test_contact_without_number_warns_and_a_wrong_number_is_refused(room: Path) -> None:
    contact = '[[contact]]\nrole = "leader"\nname = "L"\n'
    assert "no phone" in only(warnings(room, SITE + contact)).problem
    only(faults(room, SITE + contact + 'phone = "so may?"\n'))


@pytest.mark.parametrize(
    "text", ["camera = 3", "camera = {}", "[camera]", "[[site]]", "site = 1", "[[ups]]", "screen = []"]
)
def test_part_of_another_shape_is_refused(room: Path, text: str) -> None:
    rest = SITE.split("\n", 1)[1] if "site" not in text else ""
    assert faults(room, f"schema = 1\n{text}\n{rest}")


def test_rule_pack_by_path_starts_at_the_profile_and_is_judged_too(room: Path) -> None:
    pack = (RESOURCES / "rules" / "ha-giang.toml").read_text(encoding="utf-8").rpartition("# ed25519")[0]
    (room.parent / "ours.toml").write_text(pack.replace("connect_lead_min", "lead"), encoding="utf-8")
    found = faults(room, SITE.replace("ha-giang", "ours.toml"))
    assert [fault.where for fault in found] == ["line 7: site.rules"] * 2
    assert "“connect_lead_min”" in found[1].problem


def test_load_raises_all_faults_at_once(room: Path) -> None:
    room.write_text("schema = 1\n[site]\n", encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        load_profile(room, VI)
    assert len(caught.value.faults) == 5


def test_two_thousand_mutations_end_in_faults() -> None:
    invalid, longest = judge(2000, seed=20261121)
    assert invalid > 1500
    assert longest < 3


ROAD = '[[platform]]\nid = "tinh"\nname = "T"\n'
SIP_ROAD = 'road = "sip"\nsip_uri = "sip:{room}@mcu.example.vn"\n'
WHOLE_ROADS = [
    'road = "jitsi"\nurl = "https://meet.example.vn/{room}"\n',
    'road = "browser"\nurl = "https://hop.example.vn/{room}"\nprogram = "chromium"\n',
    'road = "native"\nprogram = "vnpt-meeting"\n',
    'road = "native"\nurl = "zoommtg://zoom.us/join?confno={room}"\n',
    SIP_ROAD + 'host = "mcu.example.vn"\nusername = "room"\nsecret = "sip"\n',
    'road = "codec"\nmodel = "cisco"\nhost = "10.0.0.9"\nusername = "admin"\nsecret = "codec"\n',
    'road = "codec"\nmodel = "yealink"\nhost = "10.0.0.9"\n',
    'road = "web"\nurl = "https://hop.example.vn/{room}"\nrecipe = "generic"\n'
    f'pins = ["hop.example.vn {"ab" * 32}"]\n',
]


@pytest.mark.parametrize("road", WHOLE_ROADS)
def test_every_road_is_taken_with_what_it_needs(room: Path, road: str) -> None:
    assert faults(room, SITE + ROAD + road) == []


@pytest.mark.parametrize(
    ("road", "named"),
    [
        ('road = "jitsi"\n', "“url”"),
        ('road = "native"\n', "“program”"),
        ('road = "native"\nurl = "http://hop.example.vn"\n', "https"),
        ('road = "native"\nurl = "javascript:alert(1)"\n', "address"),
        ('road = "sip"\n', "“sip_uri”"),
        ('road = "sip"\nsip_uri = "hop@mcu"\n', "SIP"),
        (SIP_ROAD + 'username = "room"\n', "“secret”"),
        ('road = "codec"\nmodel = "cisco"\nhost = "10.0.0.9"\nusername = "a"\n', "“secret”"),
        ('road = "codec"\nhost = "10.0.0.9"\n', "codec"),
        ('road = "codec"\nmodel = "yealink"\n', "“host”"),
        ('road = "web"\nurl = "https://a.vn/"\nrecipe = "nonsense"\n', "recipe"),
        ('road = "web"\nurl = "https://a.vn/"\npins = ["a.vn 1234"]\n', "pin"),
        ('road = "web"\nurl = "https://a.vn/"\nother_road = "tinh"\n', "meeting system"),
    ],
)
def test_what_a_road_lacks_is_named(room: Path, road: str, named: str) -> None:
    assert named in only(faults(room, SITE + ROAD + road)).problem


def test_codecs_of_the_profile_are_those_of_the_drivers() -> None:
    assert CODEC_NEEDS == NEEDS


def test_server_of_a_road_is_where_its_way_is_looked_for(room: Path) -> None:
    room.write_text(SITE + ROAD + 'road = "web"\nurl = "https://hop.example.vn:8443/{room}"\n', encoding="utf-8")
    assert load_profile(room, VI).platforms[0].server() == ("hop.example.vn", 8443)
