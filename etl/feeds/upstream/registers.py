"""Registers and lists: ATOM's tracked models, FMTI, the registration list of the CAC, filings at HKEX and SEC, headlines."""

from __future__ import annotations

import email.utils
import json
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from etl.feeds.declare import About, Feed, FeedError, File, Ours, columns
from etl.feeds.fetch import CONTACT

ATOM = "https://raw.githubusercontent.com/Interconnects-AI/tracked-models/main"


def tracked(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Repositories that the project follows."""
    repo = rows["id"].astype(str)
    return rows.assign(upstream_id=repo, hf_repo=repo, weights="open", url="https://huggingface.co/" + repo)


def parameters(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Sizes in billions become numbers."""
    repo = rows["id"].astype(str)
    return rows.assign(
        upstream_id="parameters | " + repo, hf_repo=repo, name=repo.str.partition("/")[2],
        organization=repo.str.partition("/")[0],
        parameters_total=pd.to_numeric(rows["total"], errors="coerce") * 1e9,
        parameters_active=pd.to_numeric(rows["active"], errors="coerce") * 1e9,
    )  # fmt: skip


def corrections(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Days of release that the project corrected by hand."""
    repo = rows["id"].astype(str)
    return rows.assign(
        upstream_id="date | " + repo, hf_repo=repo, name=repo.str.partition("/")[2],
        organization=repo.str.partition("/")[0], url=f"{ATOM}/metadata/release_date_corrections.csv",
    )  # fmt: skip


def _atom_files(ours: Ours) -> tuple[File, ...]:
    return (
        File("models.csv", f"{ATOM}/models.csv", "csv", "models",
             columns("modelId=id", "org=organization", "model=name"), tracked),
        File("model_parameters.csv", f"{ATOM}/metadata/model_parameters.csv", "csv", "models",
             columns("model_id=id", "total_params_b=total", "active_params_b=active"), parameters,
             known=("is_moe", "notes")),
        File("release_date_corrections.csv", f"{ATOM}/metadata/release_date_corrections.csv", "csv", "models",
             columns("model_id=id", "actual_release_date=release_date"), corrections, known=("hf_created_at", "notes")),
    )  # fmt: skip


def fmti(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """One row per company and indicator; companies are columns upstream."""
    long = rows.melt(id_vars=["indicator"], var_name="organization", value_name="value")
    long = long[long["value"].notna()]
    index = "Foundation Model Transparency Index, December 2025"
    return long.assign(
        upstream_id=index + " | " + long["organization"] + " | " + long["indicator"],
        index_name=index,
        day="2025-12-09",
    )


#: Companies of the edition: a column each.
FMTI_COMPANIES = (
    "AI21 Labs", "Alibaba", "Amazon", "Anthropic", "DeepSeek", "Google", "IBM", "Meta", "Midjourney", "Mistral", "OpenAI",
    "Writer", "xAI",
)  # fmt: skip


def _fmti_files(ours: Ours) -> tuple[File, ...]:
    url = "https://raw.githubusercontent.com/stanford-crfm/fmti/main/Dec2025/Dec2025_scores.csv"
    wanted = columns("Indicator=indicator", *(f"?{c}={c}" for c in FMTI_COMPANIES))
    return (File("Dec2025_scores.csv", url, "csv", "transparency", wanted, fmti),)


def _day(text: Any) -> str | None:
    """A day out of "2024年5月13日", "2024/5/13", "13/05/2024 09:00", an RFC date or an ISO time; None where there is none."""
    said = str(text or "").strip()
    if found := re.match(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})", said):
        year, month, day = (int(n) for n in found.groups())
    elif found := re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})", said):
        day, month, year = (int(n) for n in found.groups())
    else:
        try:
            return f"{email.utils.parsedate_to_datetime(said):%Y-%m-%d}"
        except (TypeError, ValueError):
            return None
    return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def registrations(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Entries of the register of generative services."""
    number = rows["number"].astype(str)
    return rows.assign(
        upstream_id=number.where(number.str.len() > 4, rows["name"].astype(str) + " | " + rows["organization"].astype(str)),
        register="generative AI services, filed", day=rows["day"].map(_day), url=about.asked.url,
    ).drop_duplicates("upstream_id", keep="last")  # fmt: skip


#: The page that collects the lists; those it attaches as PDF must be turned into a table by a person.
CAC = "https://www.cac.gov.cn/2024-04/02/c_1713729983803145.htm"


def _cac_files(ours: Ours) -> tuple[File, ...]:
    wanted = columns(
        "模型名称=name|服务名称|Model name", "备案单位=organization|备案主体|填报单位|Filing entity",
        "备案编号=number|备案号|编号|Filing number", "?属地=jurisdiction|Jurisdiction", "?备案时间=day|备案日期|Filing date",
    )  # fmt: skip
    return (
        File("cac_filings.html", CAC, "html", "registrations", wanted, registrations, known=("序号", "No."),
             also=("cac_filings.csv",), may_be_empty=True),
    )  # fmt: skip


def hkex(document: Any, about: About) -> Iterable[Mapping[str, Any]]:
    """Filings; the list is JSON within a string of JSON."""
    try:
        entries = (
            json.loads(document["result"]) if isinstance(document["result"], str) else document["result"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FeedError("is JSON of another shape, expected 'result' with a list in a string") from error
    for e in entries or []:
        link = str(e.get("FILE_LINK", ""))
        yield {"NEWS_ID": e.get("NEWS_ID"), "TITLE": e.get("TITLE"), "DATE_TIME": e.get("DATE_TIME"),
               "FILE_LINK": link if link.startswith("http") else f"https://www1.hkexnews.hk{link}",
               "STOCK_CODE": e.get("STOCK_CODE")}  # fmt: skip


def hkex_filings(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Title, day and address of each filing."""
    return rows.assign(
        upstream_id=rows["id"].astype(str), day=rows["when"].map(_day), form="HKEX", organization=about.asked.day,
        title=rows["title"].map(lambda t: " ".join(re.sub(r"<[^>]*>", " ", str(t)).split())),
    )  # fmt: skip


def _stock(document: Any, about: About) -> Iterable[Mapping[str, Any]]:
    try:
        for s in document["stockInfo"]:
            yield {"stockId": s["stockId"], "code": s["code"]}
    except (KeyError, TypeError) as error:
        raise FeedError("is JSON of another shape, expected 'stockInfo' with stockId and code") from error


def _plain(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    return rows


def _hong_kong(ours: Ours) -> dict[str, str]:
    """Five-digit stock codes, and whose."""
    codes = {c.strip(): company for company, told in ours.tickers.items() for c in told.split(";")}
    return {c.removesuffix(".HK").zfill(5): company for c, company in codes.items() if c.endswith(".HK")}


def _hkex_files(ours: Ours) -> tuple[File, ...]:
    """The search goes by ids of its own: each is asked for first."""
    return tuple(
        File(
            f"hkex_stock_{code}.json",
            f"https://www1.hkexnews.hk/search/prefix.do?callback=callback&lang=EN&type=A&name={code}&market=SEHK",
            "json", "", columns("stockId=id", "code=code"), _plain, records=_stock, day=code,
        )
        for code in _hong_kong(ours)
    )  # fmt: skip


def _hkex_after(name: str, rows: pd.DataFrame, ours: Ours) -> tuple[File, ...]:
    if not name.startswith("hkex_stock_"):
        return ()
    code = name.removeprefix("hkex_stock_").removesuffix(".json")
    found = rows[rows["code"].astype(str).str.zfill(5) == code]
    if found.empty:
        return ()
    start = ours.since or ours.today - timedelta(days=60)
    wanted = columns("NEWS_ID=id", "TITLE=title", "DATE_TIME=when", "FILE_LINK=url", "?STOCK_CODE=code")
    return (
        File(
            f"hkex_{code}.json",
            "https://www1.hkexnews.hk/search/titleSearchServlet.do?sortDir=0&sortByOptions=DateTime&category=0&market=SEHK"
            f"&stockId={found['id'].iloc[0]}&documentType=-1&fromDate={start:%Y%m%d}&toDate={ours.today:%Y%m%d}&title="
            "&searchType=0&t1code=-2&t2Gcode=-2&t2code=-2&rowRange=100&lang=EN",
            "json", "documents", wanted, hkex_filings, records=hkex, day=_hong_kong(ours)[code], least_share=0.0,
            may_be_empty=True,
        ),
    )  # fmt: skip


def sec(document: Any, about: About) -> Iterable[Mapping[str, Any]]:
    """Filings, which come as columns."""
    try:
        recent = document["filings"]["recent"]
        keys = ("form", "filingDate", "accessionNumber", "primaryDocument")
        for form, day, number, name in zip(*(recent[k] for k in keys), strict=True):
            yield {"form": form, "filingDate": day, "accessionNumber": number, "primaryDocument": name}
    except (KeyError, TypeError, ValueError) as error:
        raise FeedError(
            f"is JSON of another shape ({error}), expected filings.recent with columns of one length"
        ) from error


def sec_filings(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Form, day and address of each filing."""
    company, cik = about.asked.day.split(" ")
    path = rows["number"].astype(str).str.replace("-", "") + "/" + rows["document"].astype(str)
    made = rows.assign(
        upstream_id=rows["number"].astype(str), organization=company, title=rows["form"].astype(str) + " of " + rows["day"].astype(str),
        url=f"https://www.sec.gov/Archives/edgar/data/{cik}/" + path,
    )  # fmt: skip
    return made[made["day"] >= f"{about.since:%Y-%m-%d}"] if about.since else made


def _ciks(document: Any, about: About) -> Iterable[Mapping[str, Any]]:
    try:
        for entry in document.values():
            yield {"ticker": entry["ticker"], "cik_str": entry["cik_str"]}
    except (AttributeError, KeyError, TypeError) as error:
        raise FeedError("is JSON of another shape, expected entries with ticker and cik_str") from error


def _sec_files(ours: Ours) -> tuple[File, ...]:
    """Filers have numbers: the list of tickers tells them."""
    url = "https://www.sec.gov/files/company_tickers.json"
    return (
        File(
            "company_tickers.json",
            url,
            "json",
            "",
            columns("ticker=ticker", "cik_str=cik"),
            _plain,
            records=_ciks,
        ),
    )


def _sec_after(name: str, rows: pd.DataFrame, ours: Ours) -> tuple[File, ...]:
    if name != "company_tickers.json":
        return ()
    wanted = columns("form=form", "filingDate=day", "accessionNumber=number", "primaryDocument=document")
    cik = dict(zip(rows["ticker"].astype(str), rows["cik"].astype(int), strict=True))
    return tuple(
        File(f"CIK{cik[t]:010}.json", f"https://data.sec.gov/submissions/CIK{cik[t]:010}.json", "json", "documents", wanted,
             sec_filings, records=sec, day=f"{company} {cik[t]}")
        for company, told in ours.tickers.items()
        for t in (x.strip() for x in told.split(";"))
        if t in cik
    )  # fmt: skip


NEWS = {
    "36kr": "https://36kr.com/feed",
    "qbitai": "https://www.qbitai.com/feed",
    "jiqizhixin": "https://www.jiqizhixin.com/rss",
    "pandaily": "https://pandaily.com/feed/",
    "technode": "https://technode.com/tag/ai/feed/",
    "scmp": "https://www.scmp.com/rss/36/feed",
}


def headlines(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Leads: title, link and day, of entries that name one of our companies; nothing of the text is kept."""
    rows = rows[rows["url"].astype(str).str.match(r"https?://")]
    names = sorted((n for n in about.companies if len(n) > 2 or not n.isascii()), key=len, reverse=True)
    found = []
    for title in rows["title"].astype(str):
        folded = title.casefold()
        found.append(next((n for n in names if _stands(n, folded)), None))
    made = rows.assign(
        organization=found,
        day=rows["day"].map(_day),
        form="headline: a lead, no fact",
        upstream_id=rows["url"].astype(str),
    )
    return made[made["organization"].notna()].drop_duplicates("upstream_id")


def _stands(name: str, text: str) -> bool:
    """Whether a name stands in a text, as a word where it is in Latin script."""
    folded = name.casefold()
    if folded not in text:
        return False
    return not folded.isascii() or bool(re.search(rf"(?<![a-z0-9]){re.escape(folded)}(?![a-z0-9])", text))


def _news_files(ours: Ours) -> tuple[File, ...]:
    wanted = columns("title=title", "link=url", "?day=day")
    return tuple(
        File(
            f"news_{name}.xml",
            url,
            "rss",
            "documents",
            wanted,
            headlines,
            least_share=0.0,
            may_be_empty=True,
            also=(f"{name}.xml",),
        )
        for name, url in NEWS.items()
    )


FEEDS = (
    Feed(
        "atom", "The ATOM Project: tracked models, sizes, corrected days", "https://github.com/Interconnects-AI/tracked-models",
        "Apache-2.0", "The ATOM Project, Interconnects AI, Apache-2.0", _atom_files,
        may=("new_model", "changed_date", "disagreement"), folders=("atom", "atom_tracked_models"),
        never="licences",
    ),
    Feed(
        "fmti", "Foundation Model Transparency Index", "https://github.com/stanford-crfm/fmti", "CC BY 4.0",
        "Stanford CRFM, Foundation Model Transparency Index, CC BY 4.0", _fmti_files, may=("disagreement",), folders=("fmti",),
        never="companies it did not ask: absence is no zero",
    ),
    Feed(
        "cac", "Cyberspace Administration of China: register of generative services",
        CAC, "facts of a public register",
        "Cyberspace Administration of China", _cac_files, may=("unresolved_name",), folders=("cac",),
        keeps=True, never="whether a service is in use",
    ),
    Feed(
        "hkex", "HKEX: lists of filings", "https://www.hkexnews.hk", "facts of a public register", "HKEXnews", _hkex_files,
        folders=("hkex",), keeps=True, files_after=_hkex_after, seconds_between=1.0, never="what a filing says: it is to be read",
    ),
    Feed(
        "sec", "SEC: lists of filings", "https://www.sec.gov/search-filings", "public domain", "SEC EDGAR", _sec_files,
        folders=("sec",), keeps=True, files_after=_sec_after, needs=CONTACT, needs_why="an address of yours, which the SEC asks of programs",
        never="what a filing says: it is to be read",
    ),
    Feed(
        "news", "Headlines as leads", "https://36kr.com", "none: title, link and day only", "the publisher of each headline",
        _news_files, folders=("news",), keeps=True, never="any fact: a headline is a lead to a document",
    ),
)  # fmt: skip
