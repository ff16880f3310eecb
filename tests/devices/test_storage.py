"""A stick is found by what the kernel says of its disk, wherever it is mounted."""

from pathlib import Path

import pytest

from devices.storage import _on_linux, sticks


@pytest.fixture
def kernel(tmp_path: Path) -> tuple[Path, Path]:
    blocks = tmp_path / "class"
    blocks.mkdir()
    for disk, part, removable in (("sda", "sda1", "0"), ("sdb", "sdb1", "1")):
        folder = tmp_path / "devices" / disk / part
        folder.mkdir(parents=True)
        (folder.parent / "removable").write_text(f"{removable}\n")
        (blocks / part).symlink_to(folder)
        (blocks / disk).symlink_to(folder.parent)
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /media/USB\\040cua\\040toi vfat rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n"
    )
    return mounts, blocks


def test_only_the_removable_disk_is_a_stick(kernel: tuple[Path, Path]) -> None:
    assert [(str(s.path), s.name) for s in _on_linux(*kernel)] == [("/media/USB cua toi", "USB cua toi")]


def test_whole_disk_without_partitions_is_a_stick_too(kernel: tuple[Path, Path]) -> None:
    kernel[0].write_text("/dev/sdb /media/x vfat rw 0 0\n")
    assert [s.name for s in _on_linux(*kernel)] == ["x"]


def test_machine_that_cannot_tell_has_no_sticks(tmp_path: Path) -> None:
    assert _on_linux(tmp_path / "none", tmp_path) == []
    assert isinstance(sticks(), tuple)
