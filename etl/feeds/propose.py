"""What feed rows would change: proposals with class, size and a printed reason; nothing is changed here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from etl.feeds.policy import CLASSES, TIERS, is_day, tier, tier_days
from etl.feeds.resolve import Names, bare, folded
from etl.feeds.store import Store
from etl.feeds.upstream import FEEDS
from etl.feeds.upstream.prices import OWN_SHOPS

Frames = Mapping[str, pd.DataFrame]
#: Tables of feed rows that are compared with ours or whose names are looked up.
READ = ("models", "scores", "prices", "usage", "reports", "registrations", "chips")
#: New models up to which each is told with names of ours that are near: beyond, nobody reads them one by one.
NEAR_FOR = 20_000
#: Repositories beside the model itself: not a model of their own.
_EDITION = re.compile(
    r"[-_ ](?:base|instruct|chat|it|hf|dpo|sft|rl|pt|preview-base|gguf|awq|fp8|int[48]|bf16|mlx.*|gptq.*|onnx|eagle\d?|mtp)$",
    re.IGNORECASE,
)
#: Names that feeds give to benchmarks of ours.
_BENCHMARKS = {
    "Epoch Capabilities Index": "epoch-eci", "GPQA diamond": "gpqa-diamond", "SWE-Bench Verified (Bash Only)": "swe-bench-verified",
    "LMArena text": "lmarena-text",
}  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """One thing that a feed would change.

    Attributes:
        proposal_id: Ten hex digits of class, subject and column: the same thing has the same id next time.
        name: Class.
        feeds: Feeds that say so.
        company_id: Company, "" where unknown.
        model_id: Model, "" where unknown or new.
        subject: What it is about, as the feed names it.
        column: What would change.
        ours: What stands here, "" for nothing.
        theirs: What the feeds say: a refusal holds as long as this does.
        size: large, moderate or small.
        reason: Why it is proposed, in one sentence.
        is_unattended: Whether the rule lets it in without a person.
        suggestions: Names of ours that are near.
        cells: Of a proposal whose acceptance writes a row: its cells.
    """

    proposal_id: str
    name: str
    feeds: tuple[str, ...]
    company_id: str
    model_id: str
    subject: str
    column: str
    ours: str
    theirs: str
    size: str
    reason: str
    is_unattended: bool = False
    suggestions: tuple[str, ...] = ()
    cells: tuple[tuple[str, str], ...] = ()


def proposals(frames: Frames, store: Store) -> list[Proposal]:
    """All proposals of the feed rows held, decided or not: by class, then size, then subject.

    Raises:
        FeedError: feed rows cannot be read.
    """
    names = Names(frames)
    # By today's names: an alias that was added since a row was read leads there at once.
    rows = {table: names.resolved(store.rows(table)) for table in READ}
    found = [
        *_new_models(rows["models"], names, frames),
        *_dates(rows["models"], frames),
        *_sizes_and_weights(rows["models"], frames),
        *_prices(rows["prices"], frames),
        *_scores(rows["scores"], frames),
        *_names(rows, names),
    ]
    allowed = {name: set(feed.may) for name, feed in FEEDS.items()}
    kept = {p.proposal_id: p for p in found if any(p.name in allowed.get(f, ()) for f in p.feeds)}
    order = list(CLASSES)
    return sorted(
        kept.values(), key=lambda p: (order.index(p.name), TIERS.index(p.size), p.company_id, p.subject)
    )


def _made(name: str, subject: str, column: str, **rest: object) -> Proposal:
    digest = hashlib.sha256(
        f"{name}|{rest.get('company_id', '')}|{folded(subject)}|{column}".encode()
    ).hexdigest()[:10]
    return Proposal(proposal_id=digest, name=name, subject=subject, column=column, **rest)  # type: ignore[arg-type]


def _feeds(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(set(rows["feed"].astype(str))))


def plain_name(name: str) -> str:
    """The name of the model that a repository or route is an edition of: no settings, no "-Instruct", no "-GGUF"."""
    stem = bare(name)[-1]
    while _EDITION.search(stem):
        stem = _EDITION.sub("", stem)
    return stem


def _new_models(rows: pd.DataFrame, names: Names, frames: Frames) -> Iterator[Proposal]:
    home = set(frames["companies"].loc[frames["companies"]["country"] == "CN", "company_id"])
    new = rows[rows["company_id"].notna() & rows["model_id"].isna() & rows["name"].notna()]
    # Plain rows: a feed may bring a hundred thousand names, and a frame of each costs a minute.
    groups: dict[tuple[str, str], list[tuple[str, str, object]]] = {}
    told = (new[c].astype(object) for c in ("feed", "company_id", "name", "release_date"))
    for feed, company, name, day in zip(*told, strict=True):
        stem = plain_name(str(name))
        if not names.model(str(company), stem):
            groups.setdefault((str(company), folded(stem)), []).append((str(feed), str(name), day))
    for (company, _), mine in groups.items():
        feeds = tuple(sorted({feed for feed, _, _ in mine}))
        name = min((name for _, name, _ in mine), key=lambda n: (len(n), n))
        days = sorted(str(d) for _, _, d in mine if isinstance(d, str) and is_day(d))
        # Models of the companies abroad are here for comparison: none is missed.
        size = (
            "small" if company not in home else "large" if len(feeds) > 1 else "moderate" if days else "small"
        )
        near = (
            tuple(f"{s.name} ({s.leads_to})" for s in names.suggestions(name, company, 2))
            if size != "small" and len(groups) <= NEAR_FOR
            else ()
        )
        yield _made(
            "new_model", name, "model_id", feeds=feeds, company_id=company, model_id="", ours="", theirs=name, size=size,
            reason=f"{_and(feeds)} name{'s' if len(feeds) == 1 else ''} a model of {names.title(company)} that is not here"
            + (f", of {days[0]}" if days else ""),
            suggestions=near,
        )  # fmt: skip


def _dates(rows: pd.DataFrame, frames: Frames) -> Iterator[Proposal]:
    models = frames["models"].set_index("model_id")
    told = rows[rows["model_id"].notna() & rows["release_date"].notna()]
    for (model, day), mine in told.groupby(["model_id", "release_date"], sort=True):
        here = models.loc[model]
        exact = here["release_date_precision"] == "day"
        if not is_day(str(day)) or not exact or pd.isna(here["release_date"]):
            continue
        ours = f"{here['release_date']:%Y-%m-%d}"
        # A conflict that is kept and shown is no news.
        if ours == day or (pd.notna(here["alternatives"]) and str(day) in str(here["alternatives"])):
            continue
        feeds = _feeds(mine)
        days = (pd.Timestamp(str(day)) - pd.Timestamp(ours)).days
        yield _made(
            "changed_date", str(model), f"release_date of {_and(feeds)}", feeds=feeds, company_id=str(here["company_id"]),
            model_id=str(model), ours=ours, theirs=str(day), size=tier_days(days),
            reason=f"{_and(feeds)} give{'s' if len(feeds) == 1 else ''} {day}, {abs(days)} days {'later' if days > 0 else 'earlier'} than {ours} here",
        )  # fmt: skip


def _sizes_and_weights(rows: pd.DataFrame, frames: Frames) -> Iterator[Proposal]:
    models = frames["models"].set_index("model_id")
    told = rows[rows["model_id"].notna()]
    for column in ("parameters_total", "parameters_active"):
        for model, mine in told[told[column].notna()].groupby("model_id", sort=True):
            ours, besides = models.loc[model, column], str(models.loc[model, "alternatives"])
            if pd.isna(ours):
                continue
            for value, those in mine.groupby(column):
                share = float(value) / float(ours) - 1
                if abs(share) < 0.02 or f"{value / 1e9:g}B" in besides or f"{value / 1e12:g}T" in besides:
                    continue
                yield _disagreement(
                    str(model),
                    column,
                    f"{ours / 1e9:g} billion",
                    f"{value / 1e9:g} billion",
                    _feeds(those),
                    models,
                    tier(share),
                )
    for model, mine in told[told["weights"].notna()].groupby("model_id", sort=True):
        ours, besides = models.loc[model, "weights"], str(models.loc[model, "alternatives"])
        if pd.isna(ours) or "weights" in besides:
            continue
        for value, those in mine.groupby("weights"):
            # "open" of a hub says that files are there; limits of use are for a licence to tell.
            if value != ours and not (value == "open" and ours in ("open", "restricted")):
                yield _disagreement(
                    str(model), "weights", str(ours), str(value), _feeds(those), models, "large"
                )


def _disagreement(
    model: str, column: str, ours: str, theirs: str, feeds: tuple[str, ...], models: pd.DataFrame, size: str
) -> Proposal:
    return _made(
        "disagreement", model, f"{column} of {_and(feeds)}", feeds=feeds, company_id=str(models.loc[model, "company_id"]),
        model_id=model, ours=ours, theirs=theirs, size=size,
        reason=f"{_and(feeds)} give{'s' if len(feeds) == 1 else ''} {theirs} as {column}, here stands {ours}",
    )  # fmt: skip


def _prices(rows: pd.DataFrame, frames: Frames) -> Iterator[Proposal]:
    """The developer's own shop against its newest list price here; resellers and conversions are no list prices."""
    owner = frames["models"].set_index("model_id")["company_id"]
    rolling = set(
        frames["models"].loc[frames["models"]["is_rolling_alias"].fillna(False).astype(bool), "model_id"]
    )
    told = rows[
        rows["model_id"].notna() & (rows["tier"] == "standard") & rows["input_price_per_mtok"].notna()
        & rows["output_price_per_mtok"].notna() & ((rows["input_price_per_mtok"] > 0) | (rows["output_price_per_mtok"] > 0))
    ]  # fmt: skip
    told = told[told["provider"].map(OWN_SHOPS) == told["model_id"].map(owner)]
    told = told[~told["model_id"].isin(rolling)]
    here = frames["model_prices"]
    here = here[
        (here["currency"] == "USD")
        & (here["tier"] == "standard")
        & ~here["provider"].str.contains("converted")
    ]
    for model, mine in told.groupby("model_id", sort=True):
        pairs = {}
        for feed, those in mine.groupby("feed"):
            # A feed that lists a model under several names: the shortest is the plain one.
            plain = those.loc[those["name"].astype(str).str.len().sort_values(kind="stable").index[0]]
            pairs[str(feed)] = (
                float(plain["input_price_per_mtok"]),
                float(plain["output_price_per_mtok"]),
                plain,
            )
        known = here[here["model_id"] == model]
        newest = known[known["price_date"] == known["price_date"].max()]
        ours = sorted(
            {
                (float(i), float(o))
                for i, o in zip(newest["input_price_per_mtok"], newest["output_price_per_mtok"], strict=True)
            }
        )
        company = str(owner[model])
        prices: dict[tuple[float, float], list[str]] = {}
        for feed, (i, o, _) in pairs.items():
            prices.setdefault((round(i, 6), round(o, 6)), []).append(feed)
        if len(prices) > 1:
            said = "; ".join(f"{', '.join(f)}: {_usd(p)}" for p, f in sorted(prices.items()))
            yield _made(
                "disagreement", str(model), "price among feeds", feeds=tuple(sorted(pairs)), company_id=company,
                model_id=str(model), ours=", ".join(map(_usd, ours)), theirs=said, size="large",
                reason=f"the feeds differ on the price: {said}",
            )  # fmt: skip
        for price, feeds in sorted(prices.items()):
            if any(abs(price[0] - i) < 1e-6 and abs(price[1] - o) < 1e-6 for i, o in ours):
                continue
            change = price[1] / ours[-1][1] - 1 if ours and ours[-1][1] else 1.0
            # A feed may hold a price that was left long ago.
            is_old = any(
                abs(price[0] - i) < 1e-6 and abs(price[1] - o) < 1e-6
                for i, o in zip(known["input_price_per_mtok"], known["output_price_per_mtok"], strict=True)
            )
            agree = len(feeds) > 1 and len(prices) == 1 and not is_old
            row = pairs[feeds[0]][2]
            yield _made(
                "changed_price", str(model), "price of " + _and(tuple(feeds)), feeds=tuple(sorted(feeds)), company_id=company,
                model_id=str(model), ours=", ".join(map(_usd, ours)), theirs=_usd(price), size=tier(change),
                reason=f"{_and(tuple(feeds))} list{'s' if len(feeds) == 1 else ''} {_usd(price)}; "
                + (f"the newest here is {_usd(ours[-1])} of {newest['price_date'].max():%Y-%m-%d}" if ours else "none in dollars is here")
                + (", and that one was here before it: the feed may be behind" if is_old else ""),
                is_unattended=agree and bool(ours) and abs(change) <= 4,
                cells=(
                    ("model_id", str(model)), ("company_id", company), ("provider", str(newest["provider"].iloc[0]) if len(newest) else f"{company} API"),
                    ("price_date", str(row["day"])), ("price_date_precision", "day"), ("input_price_per_mtok", f"{price[0]:g}"),
                    ("output_price_per_mtok", f"{price[1]:g}"), ("currency", "USD"), ("tier", "standard"),
                ),
            )  # fmt: skip


def _scores(rows: pd.DataFrame, frames: Frames) -> Iterator[Proposal]:
    """Scores of models of ours that have none on that benchmark here. A refit of a scale is no news about a company."""
    benchmarks = frames["benchmarks"]
    mapped = {
        folded(str(n)): str(i)
        for n, i in zip(benchmarks["benchmark_name"], benchmarks["benchmark_id"], strict=True)
    }
    mapped |= {folded(n): i for n, i in _BENCHMARKS.items() if i in set(benchmarks["benchmark_id"])}
    told = rows[
        rows["model_id"].notna() & (rows["scale_version"].fillna("") != "corrected") & rows["score"].notna()
    ]
    if not len(told):
        return
    keys = {b: mapped.get(folded(str(b)), "") for b in told["benchmark"].unique()}
    told = told.assign(benchmark_id=told["benchmark"].map(keys))
    told = told[told["benchmark_id"] != ""]
    told = told[
        told["setting"].isna()
        | ~told["benchmark_id"].str.startswith("lmarena")
        | (told["setting"] == "overall")
    ]
    has = set(
        zip(frames["benchmark_scores"]["benchmark_id"], frames["benchmark_scores"]["model_id"], strict=True)
    )
    newest = (
        told.sort_values(["upstream_version", "score"])
        .groupby(["benchmark_id", "model_id"], sort=True)
        .tail(1)
    )
    for r in newest.itertuples():
        if (r.benchmark_id, r.model_id) in has:
            continue
        version = (
            f", edition {r.scale_version}" if isinstance(r.scale_version, str) and r.scale_version else ""
        )
        yield _made(
            "new_score", f"{r.model_id} on {r.benchmark_id}", "score", feeds=(str(r.feed),), company_id=str(r.company_id),
            model_id=str(r.model_id), ours="", theirs=f"{r.score:g}", size="moderate",
            reason=f"{r.feed} has {r.score:g} for {r.name} on {r.benchmark}{version}; here is none",
        )  # fmt: skip


def _names(tables: Mapping[str, pd.DataFrame], names: Names) -> Iterator[Proposal]:
    """Organisations in China that no alias leads to, and model names of our companies' scores and prices that are not here."""
    for table in ("models", "scores", "reports", "registrations", "chips", "usage"):
        rows = tables[table]
        if not len(rows):
            continue
        is_chinese = (
            rows["country"].fillna("").str.contains("China")
            if "country" in rows
            else pd.Series(table in ("reports", "registrations"), index=rows.index)
        )
        lost = rows[rows["company_id"].isna() & rows["organization"].notna() & is_chinese]
        for organization, mine in lost.groupby("organization", sort=True):
            near = names.suggestions(str(organization), limit=2)
            yield _made(
                "unresolved_name", str(organization), "company", feeds=_feeds(mine), company_id="", model_id="", ours="",
                theirs=str(organization), size="large" if near and near[0].nearness >= 85 else "small",
                reason=f"{_and(_feeds(mine))} name{'s' if len(_feeds(mine)) == 1 else ''} an organisation that no alias leads to, in {len(mine)} rows",
                suggestions=tuple(f"{s.name} ({s.leads_to}, {s.nearness} %)" for s in near),
            )  # fmt: skip
    for table in ("scores", "prices", "usage"):
        rows = tables[table]
        if not len(rows):
            continue
        if table == "usage":
            rows = rows[rows["metric"].fillna("").str.startswith("openrouter")]
        lost = rows[rows["company_id"].notna() & rows["model_id"].isna() & rows["name"].notna()]
        stem = lost["name"].astype(str).map(lambda n: bare(n)[-1])
        for (company, short), mine in lost.groupby([lost["company_id"], stem], sort=True):
            near = names.suggestions(str(short), str(company), limit=2)
            yield _made(
                "unresolved_name", str(short), "model", feeds=_feeds(mine), company_id=str(company), model_id="", ours="",
                theirs=str(short), size="moderate" if near and near[0].nearness >= 85 else "small",
                reason=f"{_and(_feeds(mine))} name{'s' if len(_feeds(mine)) == 1 else ''} a model of {names.title(str(company))} that no name here leads to, in {len(mine)} rows",
                suggestions=tuple(f"{s.name} ({s.leads_to}, {s.nearness} %)" for s in near),
            )  # fmt: skip


def _usd(price: tuple[float, float]) -> str:
    return f"{price[0]:g} in and {price[1]:g} out USD per million tokens"


def _and(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


@dataclass(frozen=True)
class Queue:
    """Proposals by what was decided of them."""

    open: list[Proposal]
    refused: int
    accepted: int


def queue(found: list[Proposal], decisions: pd.DataFrame) -> Queue:
    """The proposals that nobody has decided: a decision holds as long as upstream says the same."""
    verdicts: dict[tuple[str, str], str] = {}
    for i, theirs, verdict in zip(
        decisions["proposal_id"], decisions["upstream_value"], decisions["verdict"], strict=True
    ):
        verdicts[str(i), str(theirs)] = str(verdict)
    told = [verdicts.get((p.proposal_id, p.theirs), "") for p in found]
    still = [p for p, verdict in zip(found, told, strict=True) if not verdict]
    return Queue(still, told.count("refused"), told.count("accepted"))


__all__ = ["Proposal", "Queue", "plain_name", "proposals", "queue"]
