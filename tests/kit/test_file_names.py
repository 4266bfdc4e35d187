"""A file keeps the name that its person gave it, in every script; what hides, turns round or leads elsewhere is gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit import characters, file_names

OWN = [
    "रिपोर्ट.pdf",
    "รายงานปัญหา.pdf",
    "👨\u200d👩\u200d👧.png",
    "نامه\u200cها.pdf",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f.png",
    "❤\ufe0f.jpg",
    "🫩.jpg",
    "葛\U000e0100飾.docx",
    "Größe 42 (1).pdf",
    "O’Brien & Söhne, O'Neill #2.xlsx",
    "报价单（最终版）.docx",
]


@pytest.mark.parametrize("name", OWN, ids=ascii)
def test_a_name_is_the_same_when_shown_and_in_an_archive(name):
    assert file_names.clean(name) == name
    assert file_names.path_part(name) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ada\\order.txt", "order.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        ("\u202egnp.txt", "gnp.txt"),
        ("nul\0.txt", "nul.txt"),
        ("  spaced   out .txt", "spaced out.txt"),
        ("...hidden.txt", "hidden.txt"),
        (".txt", "txt"),
        ("", "file"),
        ("/", "file"),
        ("é.txt", "é.txt"),
        ("\u200b\u2060.txt", "txt"),
        ("\u200d.txt", "file.txt"),
        ("in\u00advoice\u200b.txt", "invoice.txt"),
        ("a\u2066b\u2069\u200f.txt", "ab.txt"),
    ],
)
def test_a_name_is_cleaned(typed, kept):
    assert file_names.clean(typed) == kept


def test_a_very_long_name_keeps_its_ending():
    name = file_names.clean("x" * 5000 + ".pdf")
    assert len(name) == file_names.LONGEST
    assert name.endswith(".pdf")


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("a\u202etxt.exe", "a_txt.exe"),
        ("C:\\evil.exe", "C__evil.exe"),
        ('a"<b>|?*.txt', "a__b____.txt"),
        ("CON", "_CON"),
        ("nul.tar.gz", "_nul.tar.gz"),
        ("LPT1.txt", "_LPT1.txt"),
        ("console.txt", "console.txt"),
        ("..", ""),
        ("x" * 300, "x" * 200),
        ("a." + "b" * 300, "a." + "b" * 198),
    ],
)
def test_a_part_of_a_path_leads_nowhere_else(name, part):
    assert file_names.path_part(name) == part


@given(st.text(max_size=300))
def test_whatever_a_name_is_what_is_left_can_be_shown_and_unpacked(name):
    for made in (file_names.clean(name), file_names.path_part(name)):
        assert all(characters.can_stand(char) for char in made)
        assert "/" not in made and "\\" not in made
        assert not made.startswith(".")
    assert len(file_names.clean(name)) <= file_names.LONGEST
    assert len(file_names.path_part(name).encode()) <= file_names.LONGEST_PART


def test_a_long_name_in_any_script_keeps_its_ending():
    part = file_names.path_part("报" * 96 + ".pdf")
    assert len(part.encode()) <= file_names.LONGEST_PART
    assert part.startswith("报报报") and part.endswith("报.pdf")
