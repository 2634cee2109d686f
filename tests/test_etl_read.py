"""CSV to typed frames: what is read, what is refused, and in which words."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from examples import tries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.read import read_content, read_table
from etl.schema import Table, dated, flag, integer, key, number, one_of, text

THINGS = Table(
    "things",
    "Things. One row per thing.",
    {
        "thing_id": key("Slug."),
        "name": text("Name.", nullable=True),
        **dated("made_date", "Day.", nullable=True),
        "parts": integer("Parts.", nullable=True),
        "weight": number("Weight.", unit="kg", nullable=True),
        "is_new": flag("New.", nullable=True),
        "state": one_of(("open", "closed"), "State.", nullable=True),
    },
)
HEADER = "thing_id,name,made_date,made_date_precision,parts,weight,is_new,state\n"
SOUND = HEADER + "a,Ann,2026-06-30,day,3,1.5,true,open\n"


def read(content: str | bytes, folder: Path) -> tuple[pd.DataFrame, list[str]]:
    path = folder / "things.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    frame, problems = read_table(THINGS, path, "raw/things.csv")
    return frame, [str(p) for p in problems]


def row(**cells: str) -> str:
    """A file of one row: the sound one with other cells."""
    sound = dict(
        zip(
            HEADER.strip().split(","),
            ["a", "Ann", "2026-06-30", "day", "3", "1.5", "true", "open"],
            strict=True,
        )
    )
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerow((sound | cells).values())
    return HEADER + file.getvalue()


def test_cells_get_their_types(tmp_path: Path) -> None:
    frame, problems = read(SOUND, tmp_path)
    assert problems == []
    assert frame.loc[2].to_dict() == {
        "thing_id": "a",
        "name": "Ann",
        "made_date": pd.Timestamp("2026-06-30"),
        "made_date_precision": "day",
        "parts": 3,
        "weight": 1.5,
        "is_new": True,
        "state": "open",
    }
    assert [str(t) for t in frame.dtypes] == [
        "str",
        "str",
        "datetime64[us]",
        "str",
        "Int64",
        "float64",
        "boolean",
        "str",
    ]


def test_empty_cells_are_null(tmp_path: Path) -> None:
    frame, problems = read(HEADER + "a,,,,,,,\n", tmp_path)
    assert problems == []
    assert frame.loc[2].isna().sum() == 7


def test_a_header_alone_is_an_empty_table(tmp_path: Path) -> None:
    frame, problems = read(HEADER, tmp_path)
    assert (len(frame), problems) == (0, [])


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b"\xef\xbb\xbf" + b,
        lambda b: b.replace(b"\n", b"\r\n"),
        lambda b: b"\xef\xbb\xbf" + b.replace(b"\n", b"\r\n"),
        lambda b: b.removesuffix(b"\n"),
        lambda b: b + b"\n\n",
        lambda b: b.replace(b"Ann", b'"Ann"'),
    ],
    ids=["byte-order mark", "CRLF", "both", "no last line end", "blank lines", "needless quotes"],
)
def test_form_changes_nothing(tmp_path: Path, change) -> None:
    expected, _ = read(SOUND, tmp_path)
    frame, problems = read(change(SOUND.encode()), tmp_path)
    assert problems == []
    pd.testing.assert_frame_equal(frame, expected)


def test_rows_are_named_by_the_line_they_start_on(tmp_path: Path) -> None:
    frame, problems = read(HEADER + 'a,"two\nlines",,,,,,\n\nb,,,,x,,,\nc,,,,,,,\n', tmp_path)
    assert list(frame.index) == [2, 5, 6]
    # One row is one line: the break is told, and the rows below keep their own lines.
    assert "things.csv:2: name: a line break at sign 4" in problems.pop(0)
    assert problems == [
        "raw/things.csv:5: parts: not a whole number: got 'x', expected a whole number in plain digits, "
        "such as 1200000"
    ]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("made_date", "30.06.2026"),
        ("made_date", "2026-6-30"),
        ("made_date", "20260630"),
        ("made_date", "2026-02-30"),
        ("made_date", "2026-W01-1"),
        ("made_date", "2026-06-30T00:00"),
        ("made_date", "２０２６-06-30"),
        ("parts", "3.0"),
        ("parts", "1e3"),
        ("parts", "1,000"),
        ("parts", "3 "),
        ("parts", "３"),
        ("parts", "9" * 19),
        ("parts", "9" * 5000),
        ("weight", "nan"),
        ("weight", "inf"),
        ("weight", "1e999"),
        ("weight", "1_000"),
        ("weight", "heavy"),
        ("weight", "１"),
        ("is_new", "True"),
        ("is_new", "1"),
        ("name", " Ann"),
        ("name", "Ann\t"),
        ("name", "-"),
        ("name", "N/A"),
        ("name", "Not disclosed"),
        ("name", "An\u200bn"),
        ("name", "An\x00n"),
    ],
)
def test_a_wrong_cell_is_one_problem_and_null(tmp_path: Path, column: str, cell: str) -> None:
    frame, problems = read(row(**{column: cell}), tmp_path)
    assert len(problems) == 1
    assert problems[0].startswith(f"raw/things.csv:2: {column}: ")
    assert "got " in problems[0] and "expected " in problems[0]
    assert pd.isna(frame.loc[2, column])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            row(made_date="2026-6-1"),
            ":2: made_date: not a day such as 2026-06-30: got '2026-6-1', expected a day",
        ),
        (row(parts="many"), ":2: parts: not a whole number: got 'many', expected a whole number"),
        (row(weight="NaN"), ":2: weight: not a number: got 'NaN', expected a number"),
        (row(weight="1.23E+10"), ":2: weight: an exponent, behind which digits may be lost: got '1.23E+10'"),
        (row(is_new="yes"), ":2: is_new: not true or false: got 'yes', expected true or false"),
        (row(name="Ann "), ":2: name: blanks around the value: got 'Ann ', expected 'Ann'"),
        (
            row(name="n/a"),
            ":2: name: a placeholder: got 'n/a', expected an empty cell where nothing is known",
        ),
        (
            row(name="A\u200b"),
            ":2: name: a character that cannot be seen (ZERO WIDTH SPACE (U+200B)) at sign 2: got 'A\\u200b', expected plain text",
        ),
        (SOUND + "b,Bo\n", ":3: got 2 cells, expected 8"),
        (SOUND + "b,Bo,,,,,,,,\n", ":3: got 10 cells, expected 8"),
        (
            SOUND.replace("weight", "wieght"),
            ":1: wieght: unknown column: got 'wieght', expected one of weight; was 'weight' renamed?",
        ),
        (
            SOUND.replace("weight", "wieght"),
            ":1: weight: missing column: got nothing, expected it in the header",
        ),
        (SOUND.replace("parts", "name"), ":1: name: stands 2 times in the header, expected once"),
        ("", ": the file is empty: got nothing, expected the header thing_id, name"),
        ("\ufeff\n", ": the file is empty: got nothing, expected the header thing_id, name"),
        (
            SOUND.replace("Ann", '"Ann'),
            ":2: the row cannot be read (unexpected end of data): got an unbalanced or misplaced quote, expected",
        ),
        (
            SOUND.replace("Ann", 'Ann"'),
            ":2: the row cannot be read (a quote inside an unquoted cell): got an unbalanced",
        ),
        (
            SOUND.replace("Ann", '"An"n'),
            ":2: the row cannot be read (',' expected after '\"'): got an unbalanced",
        ),
        (SOUND.encode("utf-16"), ":1: not UTF-8: got byte 0xff, expected the file saved as UTF-8"),
        (
            SOUND.replace("Ann", "阿里").encode("gb18030"),
            ":2: not UTF-8: got byte 0xb0, expected the file saved as UTF-8",
        ),
    ],
)
def test_messages(tmp_path: Path, content: str | bytes, said: str) -> None:
    _, problems = read(content, tmp_path)
    assert any(p.startswith("raw/things.csv" + said) for p in problems), problems


def test_every_problem_of_a_file_is_told(tmp_path: Path) -> None:
    _, problems = read(HEADER + "a,,x,,y,z,w,\nb\nc, c,,,,,,\n", tmp_path)
    assert [p.split(": ")[0] for p in problems] == ["raw/things.csv:2"] * 4 + [
        "raw/things.csv:3",
        "raw/things.csv:4",
    ]


def test_a_missing_file_and_a_folder_in_its_place(tmp_path: Path) -> None:
    _, problems = read_table(THINGS, tmp_path / "none.csv", "raw/none.csv")
    assert str(problems[0]).startswith(
        "raw/none.csv: the file is missing; expected a CSV with 8 columns: thing_id"
    )
    (tmp_path / "things.csv").mkdir()
    _, problems = read_table(THINGS, tmp_path / "things.csv", "raw/things.csv")
    assert "cannot be read" in str(problems[0])


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=tries(60))
@given(words=st.lists(WORDS | st.text("\",;\n'#ab"), min_size=1, max_size=5))
def test_any_text_comes_back_or_is_a_problem(tmp_path: Path, words: list[str]) -> None:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([[f"t{n}", w, *[""] * 6] for n, w in enumerate(words)])
    frame, problems = read(HEADER + file.getvalue(), tmp_path)
    assert list(frame["thing_id"]) == [f"t{n}" for n in range(len(words))]
    told = {p.split(":")[1] for p in problems}
    for line, cell, word in zip(frame.index, frame["name"], words, strict=True):
        if str(line) in told:
            assert pd.isna(cell)
        else:
            assert (cell if pd.notna(cell) else "") == word


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=tries(60))
@given(content=st.binary(max_size=200) | st.text('",\n\rab é', max_size=80).map(str.encode))
def test_no_bytes_make_it_fail(tmp_path: Path, content: bytes) -> None:
    read(content, tmp_path)
    read(HEADER.encode() + content, tmp_path)


# --- Files as other programs save them ---

WIDE = HEADER.strip().split(",")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (SOUND.replace(",", ";"), "raw/things.csv:1: a semicolon between the columns: got 'thing_id;name;"),
        (SOUND.replace(",", "\t"), "raw/things.csv:1: a tab between the columns"),
        (SOUND.replace(",", "|"), "raw/things.csv:1: a vertical bar between the columns"),
        (SOUND.replace(",", "，"), "raw/things.csv:1: a full-width comma between the columns"),
        (
            '"' + '";"'.join(WIDE) + '"\n"a";"says ""x""; y";;;;;;\n',
            "raw/things.csv:1: a semicolon between the columns",
        ),
        ("sep=,\n" + SOUND, "raw/things.csv:1: a line for Excel: got 'sep=,', expected the header"),
        ("sep=;\n" + SOUND.replace(",", ";"), "save the file with commas, for ';' separates its columns"),
        ('"sep=,"\n' + SOUND, "raw/things.csv:1: a line for Excel"),
        (
            "\n".join(f"{line},," for line in SOUND.splitlines()),
            "raw/things.csv:1: 2 empty columns at the end: got 'state' and 2 separators, expected nothing after 'state'",
        ),
        (
            HEADER + SOUND.splitlines()[1] + ",\n",
            "raw/things.csv:2: got 9 cells, expected 8; 1 empty cell at the end: delete the separators",
        ),
        (
            SOUND.replace(",", "\t").encode("utf-16"),
            "it is UTF-16, which Excel calls “Unicode text”; save it as",
        ),
        (SOUND.encode("utf-16-be"), "it is UTF-16"),
        (
            SOUND.replace("Ann", "Ann – é").encode("cp1252"),
            "expected the file saved as UTF-8; save it as “CSV UTF-8",
        ),
        (b"PK\x03\x04\x14\x00\x06", "no CSV: got the start of a workbook"),
        ("Our things 2026\n\n" + SOUND, "no header: got 'Our things 2026', expected thing_id, name, "),
        ("Our things,,,,,,,\n" + SOUND, "; delete what stands above line 2"),
        (SOUND.split("\n", 1)[1], "raw/things.csv:1: no header: got 'a,Ann"),
        ('[{"thing_id": "a"}]', "no header: got '[{"),
        ("<!DOCTYPE html>\n<html><title>Sign in</title></html>", "no header: got '<!DOCTYPE html>'"),
        ("\ufeff\ufeff" + SOUND, r"spelled otherwise: got '\ufeffthing_id', expected 'thing_id'"),
        (
            SOUND.replace(HEADER, HEADER.replace("_", " ").title()),
            "got 'Thing Id', expected 'thing_id'; got 'Name', expected 'name'; got ",
        ),
        (SOUND.replace(HEADER, HEADER.replace(",", "\u00a0, ")), "names of columns spelled otherwise"),
        (HEADER + HEADER, "raw/things.csv:2: the header again"),
        (
            HEADER + "Total" + "," * HEADER.count(","),
            "a line of totals: got 'Total', expected a row; delete the line",
        ),
        (HEADER + "合计" + ",12" * HEADER.count(","), "a line of totals: got '合计'"),
        (HEADER + ",,,,,,,\n", "raw/things.csv:2: an empty row: got nothing but separators"),
        (HEADER + "<<<<<<< HEAD\n", "raw/things.csv:2: a mark of git between two versions"),
        (HEADER + "a,An", "got 2 cells, expected 8; the file breaks off in this line"),
        (HEADER + "a,“Ann, Bo”,,,,,,\n", 'only " keeps a comma inside a cell'),
        (HEADER + "\x1a", r"got one cell, '\x1a', expected 8"),
    ],
)
def test_a_form_of_another_program_is_one_problem_that_names_it(
    tmp_path: Path, content: str | bytes, words: str
) -> None:
    frame, said = read(content, tmp_path)
    assert len(said) == 1 and words in said[0], said
    assert "unbalanced" not in said[0] and frame.empty


def test_empty_columns_under_which_something_stands_are_told_as_they_are(tmp_path: Path) -> None:
    _, said = read(HEADER.strip() + ",\n" + SOUND.splitlines()[1] + ",x\n", tmp_path)
    assert said and "empty column" not in said[0]
    assert "a column without a name: got '' and 'x' under it in line 2" in said[0] and len(said) == 1


#: Cells of each column, and what is said of the sign in them.
LOOK_ALIKE = {
    "name": {
        "Ann\u00a0Lee": "(NO-BREAK SPACE (U+00A0))",
        "Ann\u3000Lee": "(IDEOGRAPHIC SPACE (U+3000))",
        "Ann\u202fLee": "(NARROW NO-BREAK SPACE (U+202F))",
        "\u00a0Ann": "blanks around the value (NO-BREAK SPACE (U+00A0))",
        "An\u200bn": "(ZERO WIDTH SPACE (U+200B))",
    },
    "parts": {"1，000": "(FULLWIDTH COMMA (U+FF0C))", "３": "(FULLWIDTH DIGIT THREE (U+FF13))"},
    "weight": {"1．5": "(FULLWIDTH FULL STOP (U+FF0E))", "−1.5": "(MINUS SIGN (U+2212))"},
    "made_date": {"2026–06–30": "(EN DASH (U+2013))"},
    "state": {"open；closed": "(FULLWIDTH SEMICOLON (U+FF1B))"},
}


@pytest.mark.parametrize(
    ("column", "cell", "words"), [(c, *told) for c, cells in LOOK_ALIKE.items() for told in cells.items()]
)
def test_a_sign_that_looks_like_another_is_named(tmp_path: Path, column: str, cell: str, words: str) -> None:
    _, said = read(row(**{column: cell}), tmp_path)
    assert len(said) == 1 and f": {column}: " in said[0] and words in said[0], said


def test_words_may_be_of_any_script(tmp_path: Path) -> None:
    frame, said = read(row(name="通义千问，又名 Qwen；é"), tmp_path)
    assert said == [] and frame["name"].iloc[0] == "通义千问，又名 Qwen；é"


@pytest.mark.parametrize(
    "header", [b"\0" * 9000, b"\x1b[2J" * 3, "\u202e".encode() * 3000, ("x" * 200_000).encode()], ids=len
)
def test_what_a_damaged_file_holds_is_told_in_one_line_that_can_be_read(
    header: bytes, tmp_path: Path
) -> None:
    _, problems = read(HEADER.encode().rstrip() + b"," + header + b"\n", tmp_path)
    assert problems
    for line in problems:
        assert line.isprintable() and len(line) < 2000 and "expected" in line


#: Lines of a file, whole, quoted and broken in every way that one reader may take otherwise than another.
ROW = "a,Words,2026-06-30,day,3,1.5,true,open"
LINES = [
    ROW, ROW, ROW, ROW.replace("Words", '"One, ""two"""'), ROW.replace("Words", '"over\nlines"'), ROW.replace("Words", 'a "mark'),
    ROW.replace("Words", '"open'), ROW.replace("Words", '"a"b'), ROW.replace("1.5", "1e3"), ROW.replace(",3,", ",03,"),
    ROW.replace(",3,", f",{'9' * 19},"), ROW.replace("1.5", "0.1000000000000000055"), ROW.replace("open", " open"),
    ROW.replace("Words", "阿里\u200b"), ROW.replace("06-30", "02-30"), ROW + ",", ROW[:-5], ",,,,,,,", "Total,,,,,,,", "", "<<<<<<< HEAD,,,,,,,",
    "合计,,,,,,,", "Summe,,,,3,,,", ROW.replace("a,", '"a",', 1), "\x00" + ROW, ROW.replace("Words", "阿里云智能é"), HEADER.strip(),
]  # fmt: skip


@given(
    st.lists(st.sampled_from(LINES), max_size=8),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "\n"]),
    st.sampled_from(["", "\ufeff"]),
    st.booleans(),
)
def test_as_columns_and_row_by_row_are_one_reading(
    lines: list[str], ending: str, last: str, mark: str, turned: bool
) -> None:
    text = "\n".join([HEADER.strip(), *lines]) + last
    if turned:
        text = "\n".join(",".join(reversed(line.split(","))) for line in text.split("\n"))
    raw = (mark + text.replace("\n", ending)).encode()
    frame, problems = read_content(THINGS, raw, "things.csv")
    with pytest.MonkeyPatch.context() as row_by_row:
        row_by_row.setattr("etl.read.plain_columns", lambda table, raw: None)
        expected, told = read_content(THINGS, raw, "things.csv")
    assert problems == told
    pd.testing.assert_frame_equal(frame, expected)
