"""What may stand in a cell of words: signs that can be read, whole characters, no remains of other programs."""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from collections.abc import Iterator
from string import ascii_lowercase
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pya
import pyarrow.compute as pc

#: Signs of a message that a cell may fill; a cell may be a book.
SHOWN = 80
#: Most signs of a cell where its column declares no other number.
LONGEST = 400
#: Begins what is said of letters that another encoding made.
GARBLED = "text read in another encoding"

_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"
_DAMAGED = {"\ufffd", "\ufffc"}
#: What is neither a letter of this world's languages nor seen: controls, formats, private use, unassigned, surrogates,
#: separators of lines, and blanks other than the one of the keyboard.
_UNSEEN = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}
_DRESSED = (
    "FULLWIDTH LATIN",
    "FULLWIDTH DIGIT",
    "MATHEMATICAL ",
    "LATIN SMALL LIGATURE",
    "CIRCLED LATIN",
    "LATIN LETTER SMALL CAPITAL",
    "LATIN SMALL LETTER LONG S",
)
_LETTERS = re.compile(r"[^\W\d_]+")
#: Scripts a name is written in here, by the first word of a letter's name. Han stands for Chinese.
_OURS = {"LATIN", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"}
#: Letters of other scripts that a reader takes for Latin ones.
_LOOK_ALIKE = set("аАВеЕкКМНоОрРсСтТуУхХѕЅіІјЈԁԛԝһҺ" + "αΑΒΕΖΗΙΚΜΝοΟρΡΤυΥνΧγι" + "օսոՕՍ")
#: Compatibility forms that are no disguise: raised and lowered numbers, dots, marks of owners; and wide punctuation in Chinese.
_AS_THEY_ARE = set("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉½¼¾…™")
_SYMBOLS = set("©®°™")
_WIDE = re.compile("[\uff01-\uff5e\uffe0-\uffe6]")
_CHINESE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
#: Letters of phonetic alphabets and of scholars, which no name is written with.
_PHONETIC = re.compile("[\u0250-\u02ff\u1d00-\u1dbf\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f]")
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_HALF_ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-f]+)(?![A-Za-z;])")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>|<!|<[?%]")
#: What programs and templates leave: escapes, brackets of theirs, values as Python writes them, parts of addresses and letters.
_PROGRAM = re.compile(
    r"\\|[{}`]|(?:^|\s)%[sdr]\b|%[0-9A-Fa-f]{2}%[0-9A-Fa-f]{2}|^[bru]?'.*'$|\[(?:'|\")|=\?[A-Za-z0-9-]+\?[BbQq]\?"
)
#: What assistants leave of their answers, sites of pages that were no article, disks of files, programs of failures.
_LEFT_AT_FRONT = re.compile(
    r"As an AI (?:language )?model\b|(?:Certainly|Sure)! |We use cookies\b|Skip to (?:main )?content\b|Just a moment\.\.\."
    r"|(?:403 Forbidden|404 Not Found)$|Traceback \(most recent|<{7} |>{7} |(?:/(?:home|Users|tmp)/|[A-Z]:\\)"
    r"|#{1,6} |\"\"|(?:Enable|Please enable) JavaScript\b"
)
_LEFT_OVER = re.compile(
    r"【\d+†|oaicite|\[\[|\]\]|=20$|\+A[A-Z]E?-|\b[\w.+-]+@[\w-]+\.[a-z]{2,}\b|。。|\s(?:https?|ftp)://$|\[\d{1,3}\]$"
)
#: What each of them holds: to look for a few signs costs a tenth of a search that may begin anywhere.
_LEFT_IN_PLAIN = ("+A", "oaicite")
_LEFT_SIGNS = (*_LEFT_IN_PLAIN, "@", "[[", "]", "://", "=20", "。。", "【")
#: Signs of Markdown that make a picture, a link or thick letters.
_MARKUP = re.compile(r"!\[|\]\(|\*\*|~~|__\w|\$\$|:[a-z]+(?:-[a-z]+)?\[|:material/")
_FORMULA = re.compile(r"^(?:[=+@]|-[^\s\d]|-\d+(?:\.\d+)?[+*/^(])|\|'")
_TWICE = re.compile(r"\b(?!that\b|had\b)([a-z]{2,}|The|In|Of) \1\b")
#: Two words that begin with the same letter, without which no word stands twice: RE2 cannot look back.
_ALIKE = r"\b(?:" + "|".join(f"{letter}[a-z]+ {letter}" for letter in ascii_lowercase + "TIO") + ")"
#: Marks that a program put around a cell; a title in marks of print is one.
_QUOTED = re.compile('"[^"]*"')
#: What a cell of words neither begins nor ends with.
_CUT_OFF = re.compile(r"^[,;:)\]]|[,;(\[&]$")
_SPREADSHEET = re.compile(
    r"#(?:[A-Z]{2,}(?:/[0A])?[!?]|NUM!|DIV/0!|N/A\b|NV\b|GETTING_DATA|##+)|\bErr:5[0-9]{2}\b"
)
_WORDS_OF_NOTHING = re.compile(
    r"\b(?:[Ll]orem|LOREM|[Ii]psum|[Tt][Bb][DdAaCc]|TODO|FIXME|[xX]{3,}|asdf\w*|to be (?:determined|confirmed))\b"
)
_NOTHING = set(
    [
        "-",
        "–",
        "—",
        "--",
        "...",
        "…",
        ".",
        "?",
        "??",
        "???",
        "n/a",
        "na",
        "nan",
        "nil",
        "null",
        "unknown",
        "placeholder",
        "todo",
        "foo",
        "bar",
        "dummy",
        "undefined",
        "n.a.",
        "test",
        "[object object]",
    ]
) | {
    "not disclosed", "not available", "none given", "nat", "n.d.", "s.a.", "s.n.", "ditto", "see above", "as above", "same as above", "idem", "id.", "ibid", "ibid.",
    "void", "sample", "example", "qwerty", "insert text here", "redacted", "blank", "sic", "citation needed", "empty", "missing",
    "true", "false", "name", "n\\a", "无", "暂无", "未知", "不详", "不明", "待定", "待补充", "待确认", "待更新", "测试", "未披露", "未公开", "不适用", "空", "同上",
}  # fmt: skip
_HIGH = re.compile(
    "[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{2,}"
)
_HAN = re.compile("[\u3400-\u9fff]{3,}")
_SCHEME = re.compile(r"\b(?:javascript|vbscript|data|file|blob|about):[^\s]", re.IGNORECASE)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s;,)\]>]+")
#: Everything in a cell that is sure to be fine, so that most cells cost one match.
_PLAIN = re.compile(
    r"(?![bru]?')[A-Za-z0-9_.,()$!/](?:[A-Za-z0-9_.,'()+/$!-]|(?<=[0-9])%(?![0-9A-Za-z]))*"
    r"(?: (?:[A-Za-z0-9_.,'()+/$!-]|(?<=[0-9])%(?![0-9A-Za-z]))+)*"
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NO_HOSTS = {"localhost", "local", "internal", "invalid", "test", "example", "onion", "lan", "home", "corp"}
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")


#: Words of the keyboard and of Chinese, one blank between them: nothing in them can be of another script or program.
_SOUND = (
    r"^\[?[A-Za-z0-9_.$!/(\x{4e00}-\x{9fa5}][A-Za-z0-9_.,'()+/$!\x{4e00}-\x{9fa5}-]*[:;%]?\]?"
    r"(?: [A-Za-z0-9_.,'()+/$!\x{4e00}-\x{9fa5}-]+[:;%]?\]?)*$"
)
#: What such words may hold and be wrong all the same; what of it is, `fault` says.
_SOUND_BUT = (
    r"^(?:[bru]'|As an AI|Certainly!|Sure!|We use|Skip to|Just a|403 F|404 N|Traceback|/(?:home|Users|tmp)/|Enable|Please)"
    r"|[,;(]$|[:;%]\]|\[[0-9]{1,3}\]$|\+A|oaicite|__|\$\$|^None$|^[^A-Za-z0-9\x{4e00}-\x{9fa5}]+$|锟斤|斤拷|"
) + _WORDS_OF_NOTHING.pattern
#: What stands for nothing, whatever is around it.
_SOUND_BUT_NOTHING = rf"|^(?i:[\[\]() ]*(?:{'|'.join(map(re.escape, sorted(_NOTHING)))})[\[\]() ]*)$"
_SOUND_ADDRESS = r"^https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(?:[/?](?:[A-Za-z0-9_.+/!~?=-]*[A-Za-z0-9_+/!~?-])?)?$"
_SOUND_ADDRESS_BUT = (
    r"^https?://[^/?]*(?:xn--|\.(?:" + "|".join(sorted(_NO_HOSTS)) + r")(?:[/?]|$))|\+A|oaicite|=20$|"
) + _WORDS_OF_NOTHING.pattern

_SOUND_REPOSITORY = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}$"
_SOUND_REPOSITORY_BUT = r"\.\.|--|(?:\.git|[.-])$|__|oaicite|" + _WORDS_OF_NOTHING.pattern

#: Words, or addresses, that are sound by a pattern, and what they may hold and be wrong all the same, by the form that a text keeps.
_SOUND_BY_FORM = {
    "": (_SOUND, _SOUND_BUT + _SOUND_BUT_NOTHING),
    "address": (_SOUND_ADDRESS, _SOUND_ADDRESS_BUT + _SOUND_BUT_NOTHING),
    "repository": (_SOUND_REPOSITORY, _SOUND_REPOSITORY_BUT + _SOUND_BUT_NOTHING),
}


def sound(cells: pya.StringArray, longest: int = 0, form: str = "") -> np.ndarray:
    """Which cells `fault` would say nothing of, found for all at once; one that it would not may be False, too.

    Args:
        cells: Different cells, none null.
        longest: Most signs, as for `fault`.
        form: Form that each must keep, address or repository, as `address_fault` and `repository_fault` ask.
    """
    there, but = _SOUND_BY_FORM[form]
    found = pc.and_(
        pc.match_substring_regex(cells, there), pc.less_equal(pc.utf8_length(cells), longest or LONGEST)
    )
    found = pc.and_not(found, pc.match_substring_regex(cells, but))
    is_sound = found.to_numpy(zero_copy_only=False).copy()
    if not form:
        # A word twice needs a pattern that remembers, and what other encodings leave of Chinese a second reading.
        asked = pc.or_(pc.match_substring_regex(cells, " "), pc.invert(pc.string_is_ascii(cells)))
        more = np.flatnonzero(is_sound & asked.to_numpy(zero_copy_only=False))
        of_words = cells.take(pya.array(more))
        asked = pc.or_(pc.match_substring_regex(of_words, _ALIKE), pc.invert(pc.string_is_ascii(of_words)))
        more = more[asked.to_numpy(zero_copy_only=False)]
        is_sound[more] = [
            not _TWICE.search(c) and (c.isascii() or next(_misread(c), None) is None)
            for c in cells.take(pya.array(more)).to_pylist()
        ]
    return is_sound


def shown(cell: str) -> str:
    """A cell as a message shows it: short, and unseen signs as escapes."""
    short = cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}…"
    if short.isascii() and short.isprintable():
        return f"'{short}'"
    return repr(short) if not any(unicodedata.combining(s) for s in short) else ascii(short)


def named(signs: str) -> str:
    """Signs by name, " (NO-BREAK SPACE (U+00A0))", three at most; "" without any."""
    few = list(dict.fromkeys(signs))[:3]
    return f" ({', '.join(f'{_name(s)} (U+{ord(s):04X})' for s in few)})" if few else ""


def _name(sign: str) -> str:
    kinds = {
        "Co": "a sign of private use",
        "Cn": "no character",
        "Cs": "half a character",
        "Cc": "a control sign",
    }
    return unicodedata.name(sign, kinds.get(unicodedata.category(sign), "a sign without a name"))


#: What is told by a sign alone: pattern and sentence; the first that fits is said.
_BY_A_SIGN = (
    (_TAG, "a tag of HTML: got '{found:.40}' in {cell}, expected plain words"),
    (_SPREADSHEET, "an error of a spreadsheet: got '{found}', expected the value, or an empty cell"),
    (_FORMULA, "a formula: got {cell}, expected its value"),
    (_SCHEME, "an address that runs or reads something: got {cell}, expected https:// or words"),
)


@functools.lru_cache(maxsize=50_000)
def fault(cell: str, longest: int = 0, any_script: bool = False) -> str:
    """What is wrong with a cell of words, as one sentence; "" for a sound one.

    Args:
        cell: Without blanks around it.
        longest: Most signs; 0 is the usual number.
        any_script: Whether words of other scripts than Latin and Chinese, Japanese or Korean may stand in it.
    """
    most = longest or LONGEST
    if len(cell) > most:
        return f"too long: got {len(cell):,} signs that begin {shown(cell[:40])}, expected at most {most:,}"
    if not cell.isascii() and (said := _odd_signs(cell) or _odd_letters(cell, any_script)):
        return said
    # The plain words of most cells cannot be most of what follows.
    is_plain = bool(_PLAIN.fullmatch(cell))
    if not is_plain:
        if "\n" in cell:
            return f"a line break at sign {cell.index(chr(10)) + 1}: got {shown(cell)}, expected one line"
        if m := _CONTROL.search(cell):
            return f"a character that cannot be seen{named(m[0])} at sign {m.start() + 1}: got {shown(cell)}, expected plain text"
        if "  " in cell:
            return f"two spaces in a row: got {shown(cell)}, expected one"
        if (m := _ENTITY.search(cell)) and html.unescape(m[0]) != m[0]:
            return f"an entity of HTML: got '{m[0]}' in {shown(cell)}, expected the sign itself, {html.unescape(m[0])!a}"
        for pattern, sentence in _BY_A_SIGN:
            if m := pattern.search(cell):
                return sentence.format(found=m[0], cell=shown(cell))
        for m in _ADDRESS.finditer(cell):
            if said := address_fault(m[0].rstrip(".'\"”")):
                return said
        # An address has signs and words of its own.
        words = _ADDRESS.sub("", cell)
        if (m := _PROGRAM.search(words)) or (m := _HALF_ENTITY.search(cell)):
            return f"what a program left: got '{m[0][:40].strip()}' in {shown(cell)}, expected plain words"
        if m := _MARKUP.search(words):
            return f"signs of Markdown: got '{m[0]}' in {shown(cell)}, expected plain words"
    left = _LEFT_AT_FRONT.match(cell)
    signs = _LEFT_IN_PLAIN if is_plain else _LEFT_SIGNS
    if m := left or (_LEFT_OVER.search(cell) if any(s in cell for s in signs) else None):
        return f"left over from a page, a program or an assistant: got '{m[0].strip()}' in {shown(cell)}, expected plain words"
    if m := _CUT_OFF.search(cell):
        return f"words cut off at '{m[0]}': got {shown(cell)}, expected all of them"
    if cell.startswith('"') and _QUOTED.fullmatch(cell):
        return f"quoted as a whole: got {shown(cell)}, expected the words without marks around them"
    if m := _TWICE.search(cell):
        return f"a word twice: got '{m[0]}' in {shown(cell)}, expected it once"
    # "none" is a setting of models; "None" is the rest of a program.
    said = cell.casefold()
    if (
        cell == "None"
        or said in _NOTHING
        or said.strip("[]()<> ") in _NOTHING
        or not (cell[:1].isalnum() or any(map(str.isalnum, cell)))
        or _WORDS_OF_NOTHING.search(cell)
    ):
        return f"a placeholder: got {shown(cell)}, expected an empty cell where nothing is known"
    return ""


def _odd_signs(cell: str) -> str:
    """Signs that are not seen, are no characters, or are a character in parts."""
    for n, sign in enumerate(cell):
        # Plain signs, and those of Chinese.
        if sign.isascii() or "\u4e00" <= sign <= "\u9fa5":
            continue
        category, name = unicodedata.category(sign), unicodedata.name(sign, "")
        at = f"{named(sign)} at sign {n + 1}"
        if category == "Zs":
            return f"a blank that is none of the keyboard{at}: got {cell[:SHOWN]!a}, expected ordinary spaces"
        if category in _UNSEEN or sign in _BLANK_LETTERS or "VARIATION SELECTOR" in name:
            return f"a character that cannot be seen{at}: got {cell[:SHOWN]!a}, expected plain text"
        if sign in _DAMAGED:
            return f"a character that was lost{at}: got {shown(cell)}, expected the document's own"
        if name.startswith(_DRESSED) or _is_disguised(sign, cell):
            plain = unicodedata.normalize("NFKC", sign)
            plain = name.rpartition(" ")[2].lower() if plain == sign else plain
            return f"a letter in disguise{at}: got {shown(cell)}, expected '{plain}'"
        if category == "So" and sign not in _SYMBOLS and sign.isprintable():
            return f"a picture or symbol{at}: got {shown(cell)}, expected words"
        if _PHONETIC.match(sign):
            return f"a letter of phonetics{at}: got {shown(cell)}, expected a letter of the Latin alphabet"
    whole = unicodedata.normalize("NFC", cell)
    if whole != cell:
        first = next(n for n, (a, b) in enumerate(zip(cell, f"{whole}\0", strict=False)) if a != b)
        return f"a character in parts{named(cell[first : first + 2])} at sign {first + 1}: got {cell[:SHOWN]!a}, expected its normal form (NFC), {shown(whole)}"
    for n, sign in enumerate(cell):
        if not sign.isascii() and unicodedata.category(sign) in ("Mn", "Me") and not _stands_on(cell[:n]):
            return f"a mark without its letter{named(sign)} at sign {n + 1}: got {cell[:SHOWN]!a}, expected whole letters"
    for spoiled, right in _misread(cell):
        return f"{GARBLED}{named(spoiled)}: got {shown(cell)}, expected {right!r} there"
    return ""


def _is_disguised(sign: str, cell: str) -> bool:
    """Whether a sign stands for another one: Ⅰ for I, ⼀ for 一, ① for 1, ． for . in a cell without Chinese."""
    if sign in _AS_THEY_ARE or unicodedata.normalize("NFKC", sign) == sign:
        return bool("CJK RADICAL" in unicodedata.name(sign, ""))
    # Another composed form of the same sign is told as a character in parts.
    if unicodedata.normalize("NFC", sign) != sign:
        return False
    return not (_WIDE.match(sign) and not sign.isalnum() and _CHINESE.search(cell))


def _misread(cell: str) -> Iterator[tuple[str, str]]:
    """Parts of a cell that are UTF-8 read as Windows-1252, Latin-1 or GBK, and what they were."""
    for m in _HIGH.finditer(cell):
        for encoding in ("cp1252", "latin-1"):
            try:
                right = m[0].encode(encoding).decode("utf-8")
            except UnicodeError:
                continue
            if right != m[0]:
                yield m[0], right
    if "â€" in cell:
        # Whatever the third byte became: marks of print in UTF-8 begin with these two in Windows's code pages.
        yield "â€", "the document's own mark"
    if "锟斤" in cell or "斤拷" in cell:
        yield "锟斤拷", "the document's own signs"
    for m in _HAN.finditer(cell):
        try:
            right = m[0].encode("gbk").decode("utf-8")
        except UnicodeError:
            continue
        if any("\u4e00" <= s <= "\u9fff" for s in right):
            yield m[0], right


def _odd_letters(cell: str, any_script: bool) -> str:
    """Letters of one script within words of another, and scripts that no name here is written in."""
    if "ı" in cell and not any_script:
        at = f"{named('ı')} at sign {cell.index('ı') + 1}"
        return f"a letter of Turkish{at}: got {shown(cell)}, expected 'i', or a column that takes names of any script"
    for m in _LETTERS.finditer(cell):
        # A raised number counts as a sign of words, too, and is no letter.
        word = "".join(s for s in m[0] if s.isalpha())
        if word.isascii():
            continue
        others = [s for s in word if not s.isascii() and _script(s) not in _OURS]
        if not others:
            continue
        is_symbol = len(word) == 1 and _script(word) == "GREEK" and word not in _LOOK_ALIKE
        if is_symbol:
            continue
        mixed = len(others) < len(word) or all(s in _LOOK_ALIKE for s in word)
        if mixed or not any_script:
            what = "a letter of another script within a word" if mixed else "a word of another script"
            at = f" at sign {m.start() + m[0].index(others[0]) + 1}"
            return f"{what}{named(''.join(others))}{at}: got {shown(cell)}, expected Latin or Chinese letters"
    return ""


def _stands_on(before: str) -> bool:
    """Whether a mark may follow: a letter of a script that is written with marks, such as Thai or Hindi."""
    return (
        bool(before)
        and unicodedata.category(before[-1]) in ("Lo", "Mn", "Mc")
        and not _CHINESE.match(before[-1])
    )


#: Control signs: the category Cc of Unicode, which never grows.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0]


def address_fault(cell: str) -> str:
    """What is wrong with an address of the web; "" for a sound one."""
    wanted = "expected an address with its scheme, https://www.example.org/page, or urn:name"

    def said(what: str) -> str:
        return f"{what}: got {shown(cell)}, {wanted}"

    if re.fullmatch(r"urn:[a-z0-9][a-z0-9-]*(?::[A-Za-z0-9._/-]+)*", cell):
        return ""
    if not cell.isascii() and (said_of_signs := _odd_signs(cell) or _odd_letters(cell, any_script=False)):
        return said_of_signs
    if re.search(r"[\s\\<>\"^`{|}]", cell) or _CONTROL.search(cell):
        return said("a sign that no address has")
    try:
        parts = urlsplit(cell)
        port = parts.port
    except ValueError as error:
        return said(f"no address ({error})")
    if parts.scheme not in ("http", "https") or not cell.startswith(("http://", "https://")):
        return said("no address of the web")
    if "@" in parts.netloc:
        return said("a name or password within an address")
    if not parts.netloc.isascii():
        return said(f"a host in letters of another script{named(re.sub('[ -~]', '', parts.netloc))}")
    host = parts.netloc.rpartition(":")[0] if port is not None else parts.netloc
    labels = host.split(".")
    if host != host.lower() or not all(_LABEL.fullmatch(label) for label in labels) or port == 0:
        return said("no host that can be")
    if len(labels) < 2 or labels[-1] in _NO_HOSTS or not re.fullmatch(r"[a-z]{2,}", labels[-1]):
        return said("no host of the public web")
    if any(label.startswith("xn--") for label in labels):
        return said("a host in letters of another script")
    if parts.query.count("%00") or "%00" in parts.path:
        return said("a sign that no address has")
    return ""


def repository_fault(cell: str) -> str:
    """What is wrong with the name of a repository on the Hub; "" for a sound one."""
    if (
        _REPOSITORY.fullmatch(cell)
        and ".." not in cell
        and "--" not in cell
        and not cell.endswith((".git", ".", "-"))
    ):
        return ""
    return f"no repository of the Hugging Face Hub{named(re.sub('[ -~]', '', cell))}: got {shown(cell)}, expected owner/name"
