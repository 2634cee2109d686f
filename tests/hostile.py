"""The real data with an attack written behind every text that an editor writes freely, and what must not come of it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from lxml import etree

from etl.tables import TABLES

#: A host of nobody; browser tests put one in its place that listens.
HOST = "tracker.test"
#: Columns whose words the app reads as keys, though no list of choices or form is declared.
KEYS = {"metric", "unit", "period", "variant", "harness"}


def attack(host: str = HOST) -> str:
    """Markdown, HTML, scripts, formulas, ends of other markup, a turn of the writing direction, words of a terminal and of mail."""
    return (
        f" ![p](http://{host}/a.png) [Sign in](http://phish.test/) www.phish.test a@phish.test "
        ":material/lock: :smile: :red[r] $x$ **evil** *e* `c` <a href='http://phish.test'>h</a> <b class='evil'>b</b> <!-- x "
        f"<script>window.__hostile=1</script> <img src=http://{host}/i.png onerror='window.__hostile=1'> "
        "]]> </a:t></c:v> &amp;#x3c; \u202etxt.exe\u202c \x1b[2J\x1b]8;;http://phish.test\x07t "
        f"$$\\href{{http://phish.test}}{{y}}$$ :red-background[r] \r\nBcc: spam@phish.test\r\n\r\n[1]: http://{host}/r\n"
        f'=HYPERLINK("http://{host}/f") </text></svg>'
    )


SPOIL = attack()


def columns(name: str, frame: pd.DataFrame) -> list[str]:
    """Columns of a table that an editor writes freely."""
    table = {t.name: t for t in TABLES}.get(name)
    if table is None:
        return []
    return [
        c
        for c in frame
        if c in table.columns
        and table.kind(c) == "text"
        and c != table.key
        and not table.meta(c)["choices"]
        and not table.meta(c)["reference"]
        and not table.columns[c].checks
        and not c.endswith(("_id", "_ids", "url"))
        and c not in KEYS
    ]


def spoil(built: Path, folder: Path, host: str = HOST) -> Path:
    """A copy of a build with the attack behind every free text, and a formula before every second one."""
    shutil.copytree(built.resolve(), folder)
    touched = 0
    for path in folder.glob("*.parquet"):
        table = pq.read_table(path)
        for column in columns(path.stem, table.to_pandas()):
            n = table.schema.get_field_index(column)
            values = [None if v is None else f"{v}{attack(host)}" for v in table.column(column).to_pylist()]
            table = table.set_column(n, table.schema.field(n), pa.array(values, table.schema.field(n).type))
            touched += 1
        pq.write_table(table, path)
    assert touched > 40
    sign(folder)
    return folder


def sign(folder: Path) -> None:
    """Writes into the descriptor of a build what its files are now, as the build itself would."""
    path = folder / "datapackage.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    for one in about["resources"]:
        content = (folder / one["path"]).read_bytes()
        one |= {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    path.write_text(json.dumps(about), encoding="utf-8")


def office_faults(data: bytes, host: str = HOST) -> list[str]:
    """What a file of Office would ask of another host, run or take for markup."""
    found: list[str] = []
    with ZipFile(BytesIO(data)) as book:
        for name in book.namelist():
            blob = book.read(name)
            if name.endswith((".xlsx", ".docx")):
                found += [f"{name}: {f}" for f in office_faults(blob, host)]
            if not name.endswith((".xml", ".rels", ".vml")):
                continue
            root = etree.fromstring(blob)
            for one in root.iter(etree.Element):
                tag = etree.QName(one).localname
                if tag == "Relationship" and (
                    host in one.get("Target", "") or "phish" in one.get("Target", "")
                ):
                    found.append(f"{name}: leads to {one.get('Target')}")
                # A chart names the cells of its own workbook, totals of rows are sums, and the columns of a waterfall begin
                # at cells added and taken off; nothing else reckons.
                if tag == "f" and not re.fullmatch(
                    r"(?:SUM\()?(?:\w+!)?\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?\)?|[A-Z]+\d+(?:[+-][A-Z]+\d+)*",
                    one.text or "",
                ):
                    found.append(f"{name}: formula {one.text}")
                if tag in ("script", "img", "externalLink", "oleObject"):
                    found.append(f"{name}: <{tag}>")
            found += [f"{name}: comment {c.text}" for c in root.iter(etree.Comment)]
    return found
