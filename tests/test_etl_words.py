"""Cells of words: what is refused, with the sign named, and what only looks odd and is right."""

from __future__ import annotations

import unicodedata

import pyarrow as pya
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.words import address_fault, fault, repository_fault, sound

#: Cells that are refused, by what is said of them.
REFUSED = {
    "left over from a page": {
        "a source of an assistant": "Led by the founder 【4†source】",
        "an answer of an assistant": "As an AI language model, I cannot verify this.",
        "a wall": "Just a moment...",
        "a page that is gone": "404 Not Found",
        "a banner": "We use cookies to improve your experience",
        "a path": "/home/user/file.csv",
        "a heading of Markdown": "# Led by the founder",
        "a link of a wiki": "[[Led by the founder]]",
        "an address of mail": "someone@example.org",
        "quoted-printable": "Led by the founder=20",
        "a footnote": "Led by the founder[1]",
        "half an address": "Led by the founder https://",
    },
    "a formula": {
        "a formula": "=SUM(A1:A3)",
        "a formula by plus": "+1+1",
        "a formula by at": "@SUM(A1)",
    },
    "a placeholder": {
        "rest of Python": "None",
        "rest of JavaScript": "[object Object]",
        "not available in short": "n.a.",
        "a test": "test",
        "lorem": "Lorem ipsum dolor",
        "TBD": "from 2027, TBD",
        "xxx": "xxx",
        "question marks": "???",
        "the same again": "idem",
        "no word at all": "!!!",
        "a placeholder in Chinese": "\u6682\u65e0",
        "a placeholder in brackets": "[redacted]",
    },
    "a letter in disguise": {
        "small capitals": "Alib\u1d00ba",
        "long s": "Que\u017ftMobile",
        "a Roman numeral of one sign": "Model \u2160",
        "a radical for a character": "\u2f00\u573a",
        "a wide point in Latin": "41\uff0e6 million",
    },
    "in another encoding": {
        "Chinese as GBK": "阿里巴巴".encode().decode("gbk"),
        "lost Chinese signs": "锟斤拷公司",
    },
    "an error of a spreadsheet": {
        "spreadsheet": "#REF!",
        "spreadsheet within": "about #N/A users",
        "German spreadsheet": "#BEZUG!",
    },
    "what a program left": {
        "escapes of a program": "Baidu \\u4e2d",
        "a template": "Head of {{ name }}",
        "a value of Python": "b'text'",
        "half an entity": "AT&nbsp T",
        "percent signs of an address": "%E4%B8%AD",
    },
    "signs of Markdown": {
        "a picture of Markdown": "see ![](a.png)",
        "words of Streamlit": "a :red[warning] of ours",
        "a formula of LaTeX": "costs $$x^2$$ more",
    },
    "a picture or symbol": {
        "a picture": "Kling \U0001f600",
        "a line of a box": "Kling \u2502",
    },
    "CYRILLIC SMALL LETTER A (U+0430)) at sign 5": {"Cyrillic in a Latin name": "Alibаba"},
    "GREEK CAPITAL LETTER OMICRON (U+039F)) at sign 1": {"Greek in a Latin name": "Οpen"},
    "CYRILLIC CAPITAL LETTER O (U+041E))": {"a whole word of look-alikes": "Model О"},
    "FULLWIDTH LATIN CAPITAL LETTER A (U+FF21))": {"a full-width letter": "Ａlpha"},
    "MATHEMATICAL BOLD CAPITAL A (U+1D400))": {"a mathematical letter": "\U0001d400lpha"},
    "WORD JOINER (U+2060)) at sign 3": {"word joiner": "Al\u2060pha"},
    "SOFT HYPHEN (U+00AD))": {"soft hyphen": "Al\u00adpha"},
    "RIGHT-TO-LEFT OVERRIDE (U+202E))": {"right-to-left override": "Al\u202epha"},
    "a control sign (U+0085))": {"C1 control": "Al\u0085pha"},
    "a control sign (U+0009))": {"tab": "Al\tpha"},
    "a sign of private use (U+E000))": {"private use": "Al\ue000pha"},
    "TAG LATIN CAPITAL LETTER A (U+E0041))": {"tag": "Al\U000e0041pha"},
    "VARIATION SELECTOR-16 (U+FE0F))": {"variation selector": "Al\ufe0fpha"},
    "no character (U+FFFE))": {"non-character": "Al\ufffepha"},
    "HANGUL FILLER (U+3164))": {"Hangul filler": "Al\u3164pha"},
    "NO-BREAK SPACE (U+00A0))": {"no-break space": "Al\u00a0pha"},
    "IDEOGRAPHIC SPACE (U+3000))": {"ideographic space": "Al\u3000pha"},
    "normal form (NFC), 'Börse'": {"decomposed": "Bo\u0308rse"},
    "COMBINING LONG SOLIDUS OVERLAY (U+0338))": {"a mark alone": "Al\u0338pha"},
    "two spaces in a row": {"two spaces": "Al  pha"},
    "'ö' there": {"UTF-8 as Windows-1252": "BÃ¶rse"},
    "'’' there": {"a quote as Windows-1252": "the firmâ€™s own"},
    "cannot be seen": {"Chinese as Latin-1": "阿里".encode().decode("latin-1")},
    "REPLACEMENT CHARACTER (U+FFFD))": {"lost signs": "Al\ufffdpha"},
    "an entity of HTML: got '&amp;'": {"entity": "A &amp; B"},
    "an entity of HTML": {"numbered entity": "A&#39;s"},
    "a tag of HTML": {"tag of HTML": "A<br>B"},
    "too long: got 500,003 signs": {"a book": "word " * 100_000 + "end"},
    "runs or reads something": {"script": "see javascript:alert(1)"},
    "words cut off": {"cut off": "Head of research ("},
    "quoted as a whole": {"quoted as a whole": '"MiniMax products"'},
    "the document's own mark": {
        "mojibake of Central Europe": "\u00e2\u20ac\u015bToken\u00e2\u20ac\u0165 and more"
    },
    "a word twice": {"a word twice": "Head of of research"},
    "a letter of phonetics": {"a letter of phonetics": "Goo\u0261le"},
    "a mark without its letter": {"a vowel of Khmer": "tech\u17b4nology"},
    "a line break at sign 4": {"a line break": "two\nlines"},
    "a name or password": {"an odd address in words": "see https://user:pw@a.org/x"},
}
WRONG = {name: (cell, said) for said, cells in REFUSED.items() for name, cell in cells.items()}
RIGHT = [
    *(
        "零一万物",
        "CEO 集中制",
        "腾讯版“GPT-4o”来了！混元Turbo首发并上线，效率翻倍价格砍半",
        "联通",
        "豆包",
        "カタカナ",
        "네이버",
    ),
    *(
        "τ²-Bench",
        "PanGu-Σ: Towards Trillion Parameter Language Model",
        "Infinity∞: Scaling",
        "vivo在AI战略上“自洽”了",
    ),
    *(
        "SenseTime-Aktien steigen seit dem Börsengang",
        "lancera des robotaxis d’été",
        "Łódź",
        "São Paulo",
        "naïve",
    ),
    *(
        "R&D",
        "Q&A; more",
        "AT&T",
        "C#",
        "#1 of 3",
        "a < b > c",
        "data: 3 of 4",
        "file, data, about",
        "none",
        "N/A-free",
    ),
    *(
        "not named: a report says so",
        "Xi'an",
        "XX-Net",
        "O'Reilly",
        "1.5–2.0",
        "10⁹ rows",
        '"One" and "Two"',
        "“In Good Times”",
        "https://a.org/x?y=1&z=2.",
    ),
]
WEB = [
    *("https://www.example.org/page", "http://a.b.co.uk:8080/x?y=%E4%B8%AD&z=1#t", "urn:ainews:141cbe9e"),
    *(
        "https://ginlix.ai/news/15198-壁仞科技港股",
        "https://51job.com/",
        "https://web.archive.org/web/2026/https://a.org/",
    ),
    "https://a.org/@name/x",
]
NO_WEB = [
    *(
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://u:p@a.org/",
        "https://a.org@b.org/",
    ),
    *(
        "example",
        "www.example.org",
        "https://localhost/x",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
    ),
    *(
        "https://exаmple.org/",
        "https://xn--exmple-4nf.org/",
        "https://a/",
        "https://a..org/",
        "https://-a.org/",
    ),
    *(
        "https://a.org:99999/",
        "https://a.org:0/",
        "https://a.org\\b",
        "https://a.org/a b",
        "HTTPS://A.ORG/",
        "https:///x",
    ),
    *(
        "https://a.example/",
        "https://intranet.corp/",
        "ftp://a.org/",
        "//a.org/x",
        "https://a.org/а",
        "https://a.org/\u202ex",
    ),
    *("urn:", "urn:a b", "https://a.org/<script>", "vbscript:x", "blob:https://a.org/1"),
]


@pytest.mark.parametrize("name", WRONG)
def test_refused_with_the_sign_named(name: str) -> None:
    cell, words = WRONG[name]
    said = fault(cell, any_script=True)
    assert words in said and len(said) < 600
    assert "expected " in said


@pytest.mark.parametrize("cell", RIGHT)
def test_right_all_the_same(cell: str) -> None:
    assert fault(cell) == ""


def test_a_dotless_i_is_of_names_in_other_scripts() -> None:
    assert "a letter of Turkish" in fault("Be\u0131jing") and fault("Işık", any_script=True) == ""
    assert fault("none") == "", "a setting of models"


def test_titles_may_be_in_other_scripts_and_names_may_not() -> None:
    for title in ("Китай развивает AI", "الصين والذكاء الاصطناعي", "अलीबाबा का नया मॉडल"):
        assert fault(title, any_script=True) == ""
    assert "a word of another script" in fault("Китай развивает AI")


@pytest.mark.parametrize("cell", WEB)
def test_addresses_of_the_web(cell: str) -> None:
    assert address_fault(cell) == ""


@pytest.mark.parametrize("cell", NO_WEB)
def test_no_addresses_of_the_web(cell: str) -> None:
    assert address_fault(cell)


def test_repositories_look_like_one() -> None:
    assert not any(repository_fault(c) for c in ("Qwen/Qwen3-8B", "01-ai/Yi-1.5-34B", "a_b/c.d"))
    for cell in (
        "repo",
        "https://huggingface.co/a/b",
        "a/b/c",
        "a b/c",
        "../x",
        "a/",
        "а/b",
        "a/..",
        "a/b.git",
    ):
        assert repository_fault(cell), cell


@given(st.text(max_size=60))
def test_any_text_is_sound_or_told_in_one_line(cell: str) -> None:
    for said in (fault(cell), address_fault(cell), repository_fault(cell)):
        assert all(unicodedata.category(s) not in ("Cc", "Cf", "Co", "Cn", "Cs") or s == "\n" for s in said)


#: What cells are made of: sound ones and wrong ones, and signs and words that a pattern may overlook at an end.
PARTS = [
    *RIGHT, *WEB, *(cell for cell, _ in WRONG.values()), *"ab0Z .,;:!?()[]{}<>/\\|@#$%^&*-_=+'\"`~\n\t中国é·（）",
    "the the", "That that", "=20", "?c=20", "+AB-", "oaicite", "xxx", "TODO", "None", "none", "n/a", "test", "b'x'", "__x", "$$",
    "https://example.org/", "http://a-b.example.com", "www.", ".local/", "xn--a.org", "%00", "阿里巴巴集团", "锟斤拷", "测试", "a/b", ".git", "data:]", "[12]", "As an AI model",
]  # fmt: skip


@given(
    st.lists(st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("".join), min_size=40, max_size=80)
)
def test_a_pattern_for_all_calls_no_wrong_cell_sound(cells: list[str]) -> None:
    cells = [c for c in dict.fromkeys(map(str.strip, cells)) if c]
    forms = {"address": address_fault, "repository": repository_fault}
    for longest, form in ((0, ""), (30, ""), (600, "address"), (0, "repository")):
        called = sound(pya.array(cells, pya.string()), longest, form)
        for cell in (c for c, is_sound in zip(cells, called, strict=True) if is_sound):
            assert fault(cell, longest) == "" and (not form or forms[form](cell) == ""), cell


def test_most_of_what_is_right_is_called_so() -> None:
    """Else each cell is asked, and a million rows cost what they did."""
    assert sound(
        pya.array(["https://example.org/a/b-c.html", "http://sub.a-b.example.com/?q=a"]), 600, "address"
    ).all()
    assert sound(
        pya.array(
            [
                "Led by the founder (2025)",
                "阿里云智能集团",
                "v2.1: open, 30% less",
                "a-b/c.d_e",
                "[Ant: who stands behind it]",
            ]
        )
    ).all()
    assert sound(pya.array(["Qwen/Qwen3-8B", "01-ai/Yi-1.5-34B", "a_b/c.d"]), 0, "repository").all()
