"""Feed rows of use with values made up for tests, in the shape that a refresh lands; nothing in them is a fact."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from etl.feeds.resolve import Names
from etl.feeds.store import Store
from etl.feeds.tables import FEED_TABLES

#: Last day of the rows.
LAST = pd.Timestamp("2026-11-20")
READ = "2026-11-21T03:00:00Z"
#: Account to company, downloads of the first day and their growth a day.
ACCOUNTS = {
    "Qwen": (40e6, 1.002),
    "deepseek-ai": (20e6, 1.001),
    "zai-org": (2e6, 1.004),
    "MiniMaxAI": (1e6, 1.003),
    "tencent": (8e5, 0.999),
    "baidu": (3e5, 1.0),
}
SHARES = {
    "deepseek/deepseek-v3.2": 0.30,
    "z-ai/glm-4.6": 0.08,
    "qwen/qwen3-max": 0.05,
    "anthropic/claude-opus-4.5": 0.12,
    "google/gemini-3-pro": 0.10,
    "a-maker-nobody-knows/thing-1": 0.05,
    "stealth/some-creature-alpha": 0.20,
    "other": 0.10,
}


def land(
    root: Path, ours: dict[str, pd.DataFrame], feed: str, table: str, rows: list[dict[str, object]]
) -> None:
    """Lands rows of a feed as a refresh would, and notes them in its state."""
    store, declared = Store(root), FEED_TABLES[table]
    made = pd.DataFrame(rows)
    common = {"feed": feed, "file": f"made.{table}", "upstream_version": "made-1", "read_at": READ}
    frame = declared.frame(made.assign(**{k: v for k, v in common.items() if k not in made}))
    store.land(feed, declared, f"made.{table}", Names(ours).resolved(frame), keeps=True)
    store.write_state(feed, {"made": {"rows": len(made), "sha256": str(len(made))}})


def usage(
    subject: str,
    metric: str,
    day: pd.Timestamp,
    value: float,
    band: str | None,
    organization: str | None = None,
) -> dict[str, object]:
    """One row of use as a feed states it."""
    maker = (
        subject.partition("/")[0]
        if organization is None and band in ("own", "derivatives", "named")
        else organization
    )
    return {
        "upstream_id": f"{day:%Y-%m-%d} | {subject} | {metric} | {band}", "name": subject, "organization": maker, "metric": metric,
        "value": value, "unit": "x", "day": f"{day:%Y-%m-%d}", "band": band,
    }  # fmt: skip


def fill(root: Path, ours: dict[str, pd.DataFrame], days: int = 420) -> None:
    """A year of downloads, sixty days of shares of tokens, ranks of a year, and entries of the register."""
    pulse = []
    for account, (start, growth) in ACCOUNTS.items():
        for n, day in enumerate(pd.date_range(end=LAST, periods=days)):
            pulse.append(usage(account, "hf_downloads_30d", day, start * growth**n, "own"))
            if account in ("Qwen", "deepseek-ai") and n % 7 == 0:
                family = {"Qwen": "Qwen/Qwen3-8B", "deepseek-ai": "deepseek-ai/DeepSeek-V3.2"}[account]
                pulse.append(usage(family, "hf_downloads_30d", day, 3 * start * growth**n, "derivatives"))
    land(root, ours, "model-pulse", "usage", pulse)
    tokens = []
    for n, day in enumerate(pd.date_range(end=LAST, periods=60)):
        move = 0.1 * n / 60
        for slug, share in SHARES.items():
            value = share + (
                move if slug.startswith("deepseek") else -move if slug.startswith("stealth") else 0
            )
            band = "other" if slug == "other" else "stealth" if slug.startswith("stealth") else "named"
            tokens.append(
                usage(slug, "openrouter_token_share", day, value, band, None if band == "named" else "")
            )
    land(root, ours, "openrouter", "usage", tokens)
    ranks = []
    for month in pd.date_range("2026-01-01", "2026-10-01", freq="MS"):
        for company, site, rank in (
            ("deepseek", "https://chat.deepseek.com", 5000), ("alibaba", "https://chat.qwen.ai", 10000),
            ("alibaba", "https://www.tongyi.com", 500000), ("zhipu", "https://chat.z.ai", 50000),
        ):  # fmt: skip
            ranks.append(usage(site, "crux_rank", month, rank, None, company))
    land(root, ours, "crux", "usage", ranks)
    entries = [
        {
            "upstream_id": f"e{n}",
            "name": f"service {n}",
            "organization": "阿里巴巴",
            "number": f"e{n}",
            "day": day,
        }
        for n, day in enumerate(("2024-05-13", "2025-01-02", "2025-01-02"))
    ]
    land(root, ours, "cac", "registrations", entries)
