"""The term catalogues are sound, and every term a page links to is in one of them."""

import importlib.util
import re
import subprocess
import sys
import tomllib
from itertools import product

import pytest
from page_texts import ROOT, page_texts

TOOLKIT = ROOT / "toolkit" / "keyaccounts"
EXTENSION = ROOT / "book" / "_ext" / "glossary.py"
CATALOGS = [
    path
    for path in sorted(TOOLKIT.glob("**/catalog/*.toml"))
    if path.parts[-3] != "world"  # invented names, and the dictionary of the data
    and tomllib.loads(path.read_text(encoding="utf-8")).get("glossary", True)
]
ROOMS = ("general", "information", "prospecting", "segmentation", "penetration", "service")

REQUIRED = {"id", "english", "chinese", "curriculum", "note"}
OPTIONAL = {"pinyin", "also", "recency", "frequency", "monetary", "action"}
CJK = re.compile(r"[\u4e00-\u9fff]")
CURRICULUM = re.compile(r"(INFO|PROS|SEG|KAP|SERV|CASE|META)-\d\d")
TERM_ROLE = re.compile(r"\{term\}`([^`]+)`")


def entries_of(path):
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return [entry for table in content.values() if isinstance(table, list) for entry in table]


def name_of(path):
    return path.relative_to(TOOLKIT).as_posix()


ENTRIES = [(name_of(path), entry) for path in CATALOGS for entry in entries_of(path)]


def linked_terms(text):
    """Return what the {term} roles in a page's text point at."""
    for content in TERM_ROLE.findall(text):
        target = re.search(r"<([^>]+)>\s*$", content)
        yield " ".join((target[1] if target else content).split())


@pytest.fixture(scope="module")
def extension():
    spec = importlib.util.spec_from_file_location("glossary_extension", EXTENSION)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


# --- the catalogues ---


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_terms(room):
    assert len(entries_of(TOOLKIT / "catalog" / f"terms-{room}.toml")) >= 15


@pytest.mark.parametrize("path", CATALOGS, ids=name_of)
def test_entries_are_complete(path):
    for entry in entries_of(path):
        name = entry.get("id")
        assert entry.keys() >= REQUIRED, name
        assert entry.keys() <= REQUIRED | OPTIONAL, name
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name), name
        for field, value in entry.items():
            if isinstance(value, str):
                assert value == value.strip() != "", (name, field)
        assert CJK.search(entry["chinese"]), name
        for known_as in (entry["english"], *entry.get("also", ())):
            assert not set("`<>\n") & set(known_as), f"{name}: no {{term}} can link {known_as!r}"
        assert not CJK.search(entry["english"]), name
        for code in entry["curriculum"]:
            assert CURRICULUM.fullmatch(code), (name, code)


@pytest.mark.parametrize("path", CATALOGS, ids=name_of)
def test_notes_are_short_sentences(path):
    for entry in entries_of(path):
        assert 30 <= len(entry["note"]) <= 260, entry["id"]
        assert entry["note"].endswith((".", '."')), entry["id"]


@pytest.mark.parametrize("path", CATALOGS, ids=name_of)
def test_pinyin_has_one_syllable_per_character(path):
    for entry in entries_of(path):
        syllables = [s for s in entry.get("pinyin", "").split() if not s.isupper()]
        assert len(syllables) in (0, len(CJK.findall(entry["chinese"]))), entry["id"]


def test_ids_and_names_are_unique():
    ids = [entry["id"] for _, entry in ENTRIES]
    names = [n.casefold() for _, e in ENTRIES for n in (e["english"], *e.get("also", ()))]
    for values in (ids, names, [entry["chinese"] for _, entry in ENTRIES]):
        assert sorted({value for value in values if values.count(value) > 1}) == []


def test_rfm_segments_are_the_eight_patterns():
    segments = entries_of(TOOLKIT / "segmentation" / "catalog" / "rfm_segments.toml")
    patterns = [(s["recency"], s["frequency"], s["monetary"]) for s in segments]
    assert sorted(patterns) == sorted(product(("high", "low"), repeat=3))
    assert all(segment["action"].endswith(".") for segment in segments)
    # "important" stands for spending above average, "ordinary" for below
    for segment in segments:
        important = segment["monetary"] == "high"
        assert segment["chinese"].startswith("重要" if important else "一般")
        assert segment["english"].startswith("important" if important else "ordinary")


# --- the pages ---


def test_both_forms_of_the_role_are_found():
    text = "a {term}`whale curve`, two {term}`key accounts <key account>`, {term}`cost\nto serve`"
    assert list(linked_terms(text)) == ["whale curve", "key account", "cost to serve"]


def test_every_linked_term_is_in_the_glossary():
    names = {entry["english"].lower() for _, entry in ENTRIES}
    others = {other for _, entry in ENTRIES for other in entry.get("also", ())}
    missing = [
        f"{page}: {target}"
        for page, text in page_texts()
        for target in linked_terms(text)
        if target.lower() not in names and target not in others
    ]
    assert missing == []


def test_the_glossary_page_shows_the_catalogues():
    page = dict(page_texts())["book/reference/glossary.md"]
    assert "```{term-catalog}" in page
    assert "```{term-index-chinese}" in page


# --- the extension that makes the page ---


def test_the_extension_reads_every_entry(extension):
    terms = extension.read_terms(extension.catalog_paths(TOOLKIT))
    assert len(terms) == len(ENTRIES)
    for directive in (extension.TermCatalog, extension.TermIndexChinese):
        sounds = [directive.order(None, term)[0] for term in terms]
        letters = [extension._letter(sound) for sound in sorted(sounds)]
        assert letters == sorted(letters), "each letter is one group"


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("terms-moon.toml", "", "no chapter is known"),
        ("terms-service.toml", '[[term]]\nid = "x"\nenglish = "x"\nnote = "X."', "x has no"),
    ],
)
def test_a_faulty_catalogue_is_named(extension, tmp_path, name, content, complaint):
    path = tmp_path / "catalog" / name
    path.parent.mkdir()
    path.write_text(content, encoding="utf-8")
    with pytest.raises(extension.ExtensionError, match=complaint):
        extension.read_terms([path])


CONF = """
import sys
sys.path.insert(0, {folder!r})
extensions = ["myst_parser", "glossary", "term_bubbles"]
myst_enable_extensions = ["attrs_block", "deflist"]
html_theme = "basic"
"""
CATALOG = """
[[term]]
id = "whale-curve"
english = "whale curve"
also = ["WC"]
chinese = "鲸鱼曲线"
pinyin = "jīng yú qū xiàn"
note = "{note}"
"""
PAGES = {
    "index.md": "# Start\n\n```{toctree}\nwords\n```\n\nA {term}`whale curve`, a {term}`WC`.\n",
    "words.md": "# Words\n\n## English\n\n```{term-catalog}\n```\n\n"
    "## Chinese\n\n```{term-index-chinese}\n```\n",
}


@pytest.fixture
def book(tmp_path):
    """Make a book of two pages and one catalogue; return its folder and a way to build it."""
    catalog = tmp_path / "toolkit" / "keyaccounts" / "catalog"
    catalog.mkdir(parents=True)
    (tmp_path / "conf.py").write_text(CONF.format(folder=str(EXTENSION.parent)), encoding="utf-8")
    for name, text in PAGES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    def write(name, note):
        (catalog / name).write_text(CATALOG.format(note=note), encoding="utf-8")

    def build():
        command = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", tmp_path, tmp_path / "site"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return tmp_path, write, build


def test_the_page_follows_the_catalogues(book):
    folder, write, build = book
    write("terms-segmentation.toml", "Peaks, then falls.")
    first = build()
    assert first.returncode == 0, first.stderr
    words = (folder / "site" / "words.html").read_text(encoding="utf-8")
    assert '<dt id="term-whale-curve">whale curve' in words
    assert '<span lang="zh-Hans">鲸鱼曲线</span>' in words
    assert "Chapter 3, Segmentation · also called WC" in words
    assert 'href="#term-whale-curve" title="Link to this term"' in words
    assert '<h3 class="rubric" id="letter-w">W' in words
    assert '<h3 class="rubric" id="pinyin-j">J' in words
    start = (folder / "site" / "index.html").read_text(encoding="utf-8")
    assert (
        start.count('<a class="term reference internal" href="words.html#term-whale-curve">') == 2
    )
    meaning = '["whale curve","鲸鱼曲线","jīng yú qū xiàn","Peaks, then falls."]'
    assert start.count(f'id="terms">{{"term-whale-curve":{meaning}}}</script>') == 1

    # an edit reaches the glossary and the pages that show the meaning
    write("terms-segmentation.toml", "Rises, then falls.")
    assert build().returncode == 0
    for page in ("words", "index"):
        assert "Rises, then falls." in (folder / "site" / f"{page}.html").read_text("utf-8")

    # a catalogue that takes the term to another room is noticed, and a lost term is an error
    write("terms-service.toml", "Rises, then falls.")
    (folder / "toolkit/keyaccounts/catalog/terms-segmentation.toml").unlink()
    assert build().returncode == 0
    assert "Chapter 5, Service" in (folder / "site" / "words.html").read_text("utf-8")
    text = CATALOG.format(note="N.").replace("whale curve", "other curve")
    (folder / "toolkit/keyaccounts/catalog/terms-service.toml").write_text(text, encoding="utf-8")
    lost = build()
    assert lost.returncode != 0
    assert "term not in glossary: 'whale curve'" in lost.stderr
