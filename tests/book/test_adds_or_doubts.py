"""What is ours and what is doubtful is listed by the item of the curriculum."""

import csv
import re

from notebooks import BOOK, headings

TEXT = (BOOK / "reference/adds-or-doubts.md").read_text("utf8")
ENTRY = re.compile(r"^((?:[A-Z]+-\d+(?:, )?)+) · .+\n: ", re.M)


def test_every_entry_names_items_of_the_curriculum_in_order():
    chapters = [
        [item for entry in ENTRY.findall(chapter) for item in entry.split(", ")]
        for chapter in TEXT.split("\n## ")[1:]
    ]
    items = [item for chapter in chapters for item in chapter]
    with (BOOK / "coverage.csv").open(encoding="utf8") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    assert len(items) >= 20
    assert set(items) <= known
    assert chapters == list(map(sorted, chapters))
    assert len(ENTRY.findall(TEXT)) == len(re.findall(r"^: ", TEXT, re.M))


def test_chapters_have_their_headings():
    rooms = sorted(path.name for path in BOOK.glob("[0-9]-*"))
    numbers = [heading.partition(" · ")[0] for heading in headings(TEXT, 2)]
    assert numbers == [room.partition("-")[0] for room in rooms]
