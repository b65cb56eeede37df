"""Files: what a user wrote is read in one way, and what we write is whole or not there at all."""

from __future__ import annotations

import codecs
import errno
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from keyaccounts.errors import DataError, needs

UNFINISHED = ".keyaccounts-unfinished-"


def text(path: str | Path) -> str:
    """Read a text file that a user wrote: UTF-8, with a byte order mark or without.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    str
        Its text, without the mark.

    Raises
    ------
    DataError
        If the file is written in another encoding or holds a NUL: names file, line and mend.
    OSError
        If there is no such file, or it cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "note.txt")
    ...     written = file.write_bytes("\ufeff白金".encode())
    ...     text(file)
    '白金'
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except ValueError as error:  # a NUL in the name
        raise FileNotFoundError(errno.ENOENT, "No such file", str(path)) from error
    raw = raw.removeprefix(codecs.BOM_UTF8)
    wrong = None if (nul := raw.find(b"\0")) < 0 else nul
    try:
        found = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        wrong = error.start if wrong is None else min(wrong, error.start)
    if wrong is not None:
        line = raw.count(b"\n", 0, wrong) + 1
        what = "a NUL stands here" if raw[wrong] == 0 else "this is not UTF-8"
        raise DataError(f"{path.name}, line {line}: {what}; save the file as text in UTF-8")
    return found


def unfinished(folder: str | Path) -> list[Path]:
    """Return what runs that still write into a folder, or were killed, have there.

    As long as there is any, what else lies in the folder may be a part only, or of two runs.

    Examples
    --------
    >>> unfinished(".")
    []
    """
    return sorted(path for path in Path(folder).glob(f"{UNFINISHED}*") if path.is_dir())


@contextmanager
def whole(folder: str | Path, goes: Iterable[Path] = ()) -> Iterator[Path]:
    """Give a place to write files in; at the end they come into the folder, all of them or none.

    The place lies in the folder itself, so that moving is renaming, and its name says that the
    folder is unfinished. It goes last. What a killed run left of it goes with the next run that
    comes to its end.

    Parameters
    ----------
    folder : str or Path
        Where the files go in the end; made if it is not there.
    goes : iterable of Path
        Files in the folder that these take the place of, besides those of the same names.

    Yields
    ------
    Path
        An empty folder; what is written there may lie in folders of its own.

    Raises
    ------
    OSError
        If the folder cannot be made or written to. Then it is as it was before.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with whole(folder) as place:
    ...         written = (place / "note.txt").write_text("all of it", "utf8")
    ...     [file.name for file in Path(folder).iterdir()]
    ['note.txt']
    """
    folder = Path(folder)
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = Path(mkdtemp(prefix=UNFINISHED, dir=folder))
        try:
            (place / "new").mkdir()
            yield place / "new"
            _exchange(folder, place, goes)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
    except BaseException:
        _remove_empty(made)
        raise
    for left in unfinished(folder):
        shutil.rmtree(left)


def _exchange(folder: Path, place: Path, goes: Iterable[Path]) -> None:
    """Take the old files away and bring the new ones in; undo it if something is in the way."""
    comes = {
        file: folder / file.relative_to(place / "new")
        for file in sorted((place / "new").rglob("*"))
        if file.is_file()
    }
    for target in comes.values():
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "a folder stands in the way", str(target))
    old = sorted(file for file in {*goes, *comes.values()} if file.exists())
    moves = {**{file: place / "old" / file.relative_to(folder) for file in old}, **comes}
    done: list[tuple[Path, Path]] = []
    try:
        for here, there in moves.items():
            there.parent.mkdir(parents=True, exist_ok=True)
            here.replace(there)
            done.append((here, there))
    except BaseException:
        for here, there in reversed(done):
            there.replace(here)
        _remove_empty({target.parent for target in comes.values()} - {folder})
        raise
    _remove_empty({file.parent for file in old} - {folder})


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in folders:
        with suppress(OSError):  # not empty, or not there
            folder.rmdir()


@contextmanager
def whole_file(file: str | Path) -> Iterator[Path]:
    """Give the name of a file to write; at the end it takes the place of the file asked for.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with whole_file(Path(folder, "note.txt")) as place:
    ...         written = place.write_text("all of it", "utf8")
    ...     [file.name for file in Path(folder).iterdir()]
    ['note.txt']
    """
    file = Path(file)
    place = file.with_name(f".{file.name}.unfinished")  # a killed run's is written over
    try:
        yield place
        place.replace(file)
    except BaseException:
        with suppress(OSError):
            place.unlink()
        raise


def parquet() -> tuple[Any, Any]:
    """Return pyarrow and its `parquet`; where they are missing, say what to install."""
    with needs("Parquet files need pyarrow", extra="fast"):
        import pyarrow  # type: ignore[import-untyped]
        from pyarrow import parquet
    return pyarrow, parquet
