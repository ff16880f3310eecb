"""The managed policy names every allowed origin exactly, shuts the rest, and is compared with what is in force."""

import dataclasses
import json
from pathlib import Path

import pytest

from devices.conference.programs.policy import (
    BROWSERS,
    VITAL,
    Browser,
    amiss,
    installed,
    is_written,
    managed_policy,
    policy_text,
    write_policy,
)

HOSTS = ("hop.example.vn", "sfu.example.vn:8443", "127.0.0.1:8080")


def in_force(policy: dict[str, object]) -> dict[str, object]:
    """As chrome://policy shows it."""
    told = {name: {"level": "mandatory", "scope": "machine", "value": value} for name, value in policy.items()}
    return {"policyGroups": {"chrome": {"name": "Chrome Policies", "policies": told}}}


def test_microphone_and_camera_are_for_the_allowed_origins_only() -> None:
    policy = managed_policy(HOSTS)
    assert (policy["AudioCaptureAllowed"], policy["VideoCaptureAllowed"]) == (False, False)
    origins = ["http://127.0.0.1:8080", "https://hop.example.vn:443", "https://sfu.example.vn:8443"]
    assert policy["AudioCaptureAllowedUrls"] == policy["VideoCaptureAllowedUrls"] == origins


def test_pages_may_go_to_the_allowed_hosts_and_not_below_them() -> None:
    policy = managed_policy(HOSTS)
    assert policy["URLBlocklist"][0] == "*"
    assert "https://.hop.example.vn:443" in policy["URLAllowlist"]
    assert len(policy["URLAllowlist"]) == len(HOSTS) + 1, "and the page that shows the policy"


def test_what_is_not_allowed_goes_to_a_proxy_that_is_not_there() -> None:
    proxy = managed_policy(HOSTS)["ProxySettings"]
    assert proxy["ProxyMode"] == "fixed_servers"
    passed = proxy["ProxyBypassList"].split(";")
    assert passed == ["<-loopback>", "127.0.0.1:8080", "hop.example.vn:443", "sfu.example.vn:8443"]


def test_policy_in_force_as_wanted_lacks_nothing() -> None:
    assert amiss(managed_policy(HOSTS), in_force(managed_policy(HOSTS))) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("AudioCaptureAllowed", True), ("AudioCaptureAllowed", 0), ("URLBlocklist", []), ("SyncDisabled", None)],
)
def test_one_loosened_policy_is_named(name: str, value: object) -> None:
    policy = managed_policy(HOSTS)
    assert amiss(policy, in_force({**policy, name: value})) == [name]


def test_policy_that_is_only_recommended_is_not_in_force() -> None:
    policy = managed_policy(HOSTS)
    shown = json.loads(json.dumps(in_force(policy)).replace("mandatory", "recommended"))
    assert set(amiss(policy, shown)) == VITAL


@pytest.mark.parametrize("told", [None, "", [], {}, {"policyGroups": None}, {"policyGroups": {"chrome": []}}])
def test_browser_that_shows_no_policy_has_none(told: object) -> None:
    assert set(amiss(managed_policy(HOSTS), told)) == VITAL


def test_make_that_lacks_what_is_for_order_only_is_run() -> None:
    policy = managed_policy(HOSTS)
    assert amiss(policy, in_force({name: value for name, value in policy.items() if name in VITAL})) == []


def test_every_vital_policy_is_written() -> None:
    assert managed_policy(HOSTS).keys() >= VITAL


def test_written_policy_is_known_again_and_belongs_to_its_writer_alone(tmp_path: Path) -> None:
    browser = dataclasses.replace(BROWSERS[-1], folder=tmp_path / "managed")
    assert not is_written(HOSTS, browser)
    path = write_policy(HOSTS, browser)
    assert is_written(HOSTS, browser)
    assert path.stat().st_mode & 0o777 == 0o644
    assert not is_written((*HOSTS, "other.example.vn"), browser)


def test_text_for_the_administrator_is_the_policy() -> None:
    assert json.loads(policy_text(HOSTS, BROWSERS[0])) == managed_policy(HOSTS, "edge://policy")


def program(folder: Path, name: str) -> str:
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_named_program_is_known_by_its_make(tmp_path: Path) -> None:
    found = installed(program(tmp_path, "microsoft-edge-stable"))
    assert found is not None
    assert found[0].make == "edge"


def test_missing_named_program_is_none() -> None:
    assert installed("/opt/no/such-browser") is None


def test_first_installed_browser_is_found_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    made = program(tmp_path, "google-chrome")
    found = installed()
    assert found is not None
    browser, path = found
    assert isinstance(browser, Browser)
    assert (browser.make, path) == ("chrome", made)
