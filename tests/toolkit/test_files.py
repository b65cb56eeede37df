"""What is written into a folder comes whole or not at all, whatever stops the run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from keyaccounts import files
from keyaccounts.errors import DataError

UNREADABLE = [
    ("a\n白金 = 1\n".encode("gbk"), 2, "this is not UTF-8"),
    ("a\nb\n白金 = 1\n".encode("big5"), 3, "this is not UTF-8"),
    ("é = 1\n".encode("latin1"), 1, "this is not UTF-8"),
    ("a\n".encode("utf-16"), 1, "this is not UTF-8"),
    ("a\n".encode("utf-16-le"), 1, "a NUL stands here"),
    (b"a\r\nb\r\n\0\r\n", 3, "a NUL stands here"),
    (b"\xef\xbb\xbfa\n\xff", 2, "this is not UTF-8"),
]


@pytest.mark.parametrize(("raw", "line", "what"), UNREADABLE)
def test_text_in_another_encoding_is_refused_with_its_line(
    raw: bytes, line: int, what: str, tmp_path: Path
) -> None:
    path = tmp_path / "page.toml"
    path.write_bytes(raw)
    with pytest.raises(DataError) as refused:
        files.text(path)
    assert str(refused.value) == f"page.toml, line {line}: {what}; save the file as text in UTF-8"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_byte_order_mark_is_no_part_of_the_text(mark: str, tmp_path: Path) -> None:
    (tmp_path / "page.toml").write_bytes(f"{mark}白金\r\n".encode())
    assert files.text(tmp_path / "page.toml") == "白金\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with an older run's files and a reader's own."""
    there = tmp_path / "company"
    for name in ("orders/part-0", "orders/part-1", "sellers", "truth", "mine", "orders/mine"):
        (there / name).parent.mkdir(parents=True, exist_ok=True)
        (there / name).write_text(f"old {name}", "utf8")
    return there


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def write(folder: Path) -> None:
    goes = [folder / "truth", folder / "orders" / "part-1", folder / "sellers"]
    with files.whole(folder, goes=goes) as place:
        (place / "orders").mkdir()
        (place / "calls").mkdir()
        for name in ("sellers", "orders/part-0", "calls/part-0"):
            (place / name).write_text(f"new {name}", "utf8")


def test_new_files_come_old_ones_go_and_others_stay(folder: Path) -> None:
    write(folder)
    assert content(folder) == {
        "sellers": "new sellers",
        "orders/part-0": "new orders/part-0",
        "calls/part-0": "new calls/part-0",
        "mine": "old mine",
        "orders/mine": "old orders/mine",
    }


def test_a_folder_that_is_emptied_goes(folder: Path) -> None:
    with files.whole(folder, goes=[*(folder / "orders").iterdir()]):
        pass
    assert sorted(p.name for p in folder.iterdir()) == ["mine", "sellers", "truth"]


@pytest.mark.parametrize("move", range(7))  # four old files go, three new ones come
def test_what_fails_leaves_everything_as_it_was(
    move: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real, moves = content(folder), Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        moves.append(self)
        if len(moves) == move + 1:
            raise PermissionError(13, "in use by another program", str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(PermissionError):
        write(folder)
    assert len(moves) > move
    assert content(folder) == before
    assert sorted(p.name for p in folder.iterdir()) == ["mine", "orders", "sellers", "truth"]


def test_all_moves_were_tried(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, moves = Path.replace, []
    monkeypatch.setattr(Path, "replace", lambda a, b: (moves.append(a), real(a, b))[1])
    write(folder)
    assert len(moves) == 7


def test_folders_that_were_made_for_nothing_go_again(tmp_path: Path) -> None:
    def stopped() -> None:
        with files.whole(tmp_path / "a" / "b") as place:
            (place / "half").write_text("half", "utf8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_a_reader_is_never_replaced(folder: Path) -> None:
    (folder / "calls").write_text("mine", "utf8")  # where a folder should come
    before = content(folder)
    with pytest.raises(OSError, match="calls"):
        write(folder)
    assert content(folder) == before
    (folder / "sellers").unlink()
    (folder / "calls").unlink()
    (folder / "sellers").mkdir()  # where a file should come
    (folder / "sellers" / "mine").write_text("mine", "utf8")
    with pytest.raises(IsADirectoryError, match="sellers"), files.whole(folder) as place:
        (place / "sellers").write_text("new", "utf8")
    assert (folder / "sellers" / "mine").read_text("utf8") == "mine"


KILLED = """
import os, sys
from pathlib import Path
from keyaccounts import files
real, left = Path.replace, int(sys.argv[2])
def replace(self, target):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    return real(self, target)
Path.replace = replace
with files.whole(sys.argv[1]) as place:
    for name in ("sellers", "visits"):
        (place / name).write_text("new", "utf8")
        if left == 99:
            os._exit(9)
"""


@pytest.mark.parametrize("moment", [99, 0, 1, 2])
def test_a_killed_run_says_that_it_was_and_the_next_one_clears_up(
    moment: int, folder: Path
) -> None:
    assert files.unfinished(folder) == []
    before = content(folder)
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(moment)], check=False)
    assert done.returncode == 9
    assert len(files.unfinished(folder)) == 1
    here = {name: text for name, text in content(folder).items() if files.UNFINISHED not in name}
    assert (here == before) == (moment in {99, 0}), "killed before anything was moved"
    with pytest.raises(OSError, match="again"), files.whole(folder):
        raise OSError("stopped again")
    assert len(files.unfinished(folder)) == 1, "still not whole"
    write(folder)
    assert files.unfinished(folder) == []
    assert content(folder)["sellers"] == "new sellers"


def test_two_runs_at_a_time_do_not_mix(tmp_path: Path) -> None:
    def both() -> None:
        with files.whole(tmp_path) as first:
            (first / "sellers").write_text("first", "utf8")
            with files.whole(tmp_path) as second:
                (second / "sellers").write_text("second", "utf8")
            (first / "calls").write_text("first", "utf8")

    with pytest.raises(FileNotFoundError):
        both()
    assert content(tmp_path) == {"sellers": "second"}


def test_a_file_is_replaced_whole_or_not(tmp_path: Path) -> None:
    out = tmp_path / "orders.csv"
    out.write_text("old", "utf8")
    (tmp_path / ".orders.csv.unfinished").write_text("of a killed run", "utf8")

    def cut() -> None:
        with files.whole_file(out) as place:
            place.write_text("ha", "utf8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        cut()
    assert content(tmp_path) == {"orders.csv": "old"}
    with files.whole_file(out) as place:
        place.write_text("new", "utf8")
    assert content(tmp_path) == {"orders.csv": "new"}
