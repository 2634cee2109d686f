"""Prices: models.dev, genai-prices and LiteLLM, each MIT; US dollars per million tokens here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from etl.feeds.declare import About, Feed, FeedError, File, Ours, columns, each

#: Providers that are a developer's own shop, and whose: other providers resell.
OWN_SHOPS = {
    "alibaba": "alibaba", "dashscope": "alibaba", "qwencloud": "alibaba", "qwen_ai_platform": "alibaba",
    "deepseek": "deepseek", "moonshotai": "moonshot", "moonshot": "moonshot", "minimax": "minimax",
    "zai": "zhipu", "z-ai": "zhipu", "zhipuai": "zhipu", "bigmodel": "zhipu", "stepfun": "stepfun", "xiaomi": "xiaomi",
    "xiaomi_mimo": "xiaomi", "volcengine": "bytedance", "tencent": "tencent", "tencent-tokenhub": "tencent",
    "bailing": "ant", "streamlake": "kuaishou", "openai": "openai", "anthropic": "anthropic", "google": "google",
    "gemini": "google", "mistral": "mistral", "llama": "meta", "meta": "meta", "meta_llama": "meta",
}  # fmt: skip
#: Shops that list in yuan; their dollars are conversions of the publisher and no list prices.
CONVERTED = {
    "volcengine",
    "bigmodel",
    "zhipuai",
    "streamlake",
    "tencent",
    "alibaba-cn",
    "minimax-cn",
    "moonshotai-cn",
}


def _number(value: Any, factor: float = 1.0) -> float | None:
    try:
        return round(float(value) * factor, 9) if value is not None and not isinstance(value, bool) else None
    except (TypeError, ValueError):
        return None


def _finish(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    provider = rows["provider"].astype(str)
    return rows.assign(
        upstream_id=provider + " | " + rows["name"].astype(str),
        organization=provider.map(OWN_SHOPS),
        tier=provider.map(lambda p: "converted" if p in CONVERTED else "standard"),
        currency="USD",
        day=f"{about.day:%Y-%m-%d}",
    ).drop_duplicates("upstream_id", keep="first")


def _shops(document: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Shops by id; those that come as a list bear it under a key."""
    if key and isinstance(document, list):
        yield from ((str(p.get(key)) if isinstance(p, dict) else str(n), p) for n, p in enumerate(document))
    elif not key and isinstance(document, dict):
        yield from document.items()
    else:
        expected = "a list of providers" if key else "providers by id"
        raise FeedError(f"is JSON of another shape: got {type(document).__name__}, expected {expected}")


def _offers(document: Any) -> Iterator[tuple[str, Any]]:
    """Shop, its id, and each of its models under its name."""
    for provider, p in _shops(document):
        models = p.get("models") or {} if isinstance(p, dict) else None
        if not isinstance(models, dict):
            yield provider, None
            continue
        for name, m in models.items():
            yield f"{provider}/{name}", (provider, p, name, m)


def models_dev(document: Any, about: About) -> Iterable[Mapping[str, Any]]:
    """One record per provider and model with a price."""

    def made(offer: Any) -> Iterator[Mapping[str, Any]]:
        provider, p, name, m = offer
        if cost := m.get("cost") or {}:
            yield {"provider": provider, "name": name, "input": _number(cost.get("input")),
                   "output": _number(cost.get("output")), "url": p.get("doc")}  # fmt: skip

    return each(_offers(document), made)


def models_dev_models(document: Any, about: About) -> Iterable[Mapping[str, Any]]:
    """One record per model in its developer's own shop; release days of resellers are listing days."""

    def made(offer: Any) -> Iterator[Mapping[str, Any]]:
        provider, _, name, m = offer
        if provider in OWN_SHOPS:
            weights = m.get("open_weights")
            yield {"provider": provider, "id": name, "name": m.get("name"), "release_date": m.get("release_date"),
                   "open_weights": weights if isinstance(weights, bool) else None,
                   "context": (m.get("limit") or {}).get("context")}  # fmt: skip

    return each(_offers(document), made)


def _own_models(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    return rows.assign(
        upstream_id=rows["provider"].astype(str) + " | " + rows["id"].astype(str),
        organization=rows["provider"].map(OWN_SHOPS),
        weights=rows["open_weights"].map({True: "open", False: "closed"}),
    )


def genai(document: Any, about: About) -> Iterable[Mapping[str, Any]]:
    """One record per provider and model. A list of prices by hour or day: the plain one, else the first."""

    def offers() -> Iterator[tuple[str, Any]]:
        for provider, p in _shops(document, "id"):
            models = p.get("models") if isinstance(p, dict) else None
            if not isinstance(models, list):
                yield provider, None
                continue
            for m in models:
                yield f"{provider}/{m.get('id') if isinstance(m, dict) else m}", (p, m)

    def made(offer: Any) -> Iterator[Mapping[str, Any]]:
        p, m = offer
        prices = m.get("prices") or {}
        if isinstance(prices, list):
            # Days come as constraints: the last that has begun holds. Hours are offers: the plain one holds.
            today = f"{about.day:%Y-%m-%d}"
            begun = [x for x in prices if str((x.get("constraint") or {}).get("start_date", "")) <= today]
            dated = [x for x in begun if "start_date" in (x.get("constraint") or {})]
            plain = [x for x in begun if not x.get("constraint")]
            prices = (dated[-1:] or plain[:1] or prices[:1] or [{}])[0].get("prices") or {}
        cells = {side: prices.get(f"{side}_mtok") for side in ("input", "output")}
        # Tiers by length of the prompt: the base is the list price.
        cells = {s: c.get("base") if isinstance(c, dict) else c for s, c in cells.items()}
        if any(c is not None for c in cells.values()):
            yield {"provider": p.get("id"), "name": m.get("id"), "input": _number(cells["input"]),
                   "output": _number(cells["output"]), "url": next(iter(p.get("pricing_urls") or []), None)}  # fmt: skip

    return each(offers(), made)


def litellm(document: Any, about: About) -> Iterable[Mapping[str, Any]]:
    """One record per route with prices per token; the first key documents the others."""
    if not isinstance(document, dict):
        raise FeedError(f"is JSON of another shape: got {type(document).__name__}, expected routes by name")

    def made(offer: Any) -> Iterator[Mapping[str, Any]]:
        route, m = offer
        if route != "sample_spec" and m.get("input_cost_per_token", "") != "":
            yield {"provider": m.get("litellm_provider"), "name": route, "input": _number(m["input_cost_per_token"], 1e6),
                   "output": _number(m.get("output_cost_per_token"), 1e6), "url": m.get("source")}  # fmt: skip

    return each(((str(r), (r, m)) for r, m in document.items()), made)


_WANTED = columns(
    "provider=provider", "name=name", "input=input_price_per_mtok", "output=output_price_per_mtok", "url=url"
)
_OWN = columns(
    "provider=provider", "id=id", "name=name", "release_date=release_date", "open_weights=open_weights",
    "context=context_tokens",
)  # fmt: skip
MODELS_DEV = "https://models.dev/api.json"


def _models_dev_files(ours: Ours) -> tuple[File, ...]:
    return (
        File("api.json", MODELS_DEV, "json", "prices", _WANTED, _finish, records=models_dev),
        File(
            "models.api.json",
            MODELS_DEV,
            "json",
            "models",
            _OWN,
            _own_models,
            records=models_dev_models,
            also=("api.json",),
        ),
    )


def _genai_files(ours: Ours) -> tuple[File, ...]:
    url = "https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/data_slim.json"
    return (
        File("data_slim.json", url, "json", "prices", _WANTED, _finish, records=genai, also=("data.json",)),
    )


def _litellm_files(ours: Ours) -> tuple[File, ...]:
    name = "model_prices_and_context_window.json"
    url = f"https://raw.githubusercontent.com/BerriAI/litellm/main/{name}"
    return (
        File(name, url, "json", "prices", _WANTED, _finish, records=litellm, also=("model_prices.json",)),
    )


FEEDS = (
    Feed(
        "models-dev", "models.dev: prices and limits", "https://models.dev", "MIT", "models.dev contributors, MIT",
        _models_dev_files, may=("changed_price", "new_model", "disagreement", "unresolved_name"), folders=("models_dev",),
        never="days of releases and open weights on its own: it has been wrong on both",
    ),
    Feed(
        "genai-prices", "Pydantic: genai-prices", "https://github.com/pydantic/genai-prices", "MIT",
        "genai-prices, Pydantic Services Inc., MIT", _genai_files, may=("changed_price", "disagreement", "unresolved_name"),
        folders=("genai_prices",), never="prices without a second feed that agrees",
    ),
    Feed(
        "litellm", "LiteLLM: price map (the JSON alone, never the package)", "https://github.com/BerriAI/litellm", "MIT",
        "LiteLLM, Berri AI, MIT", _litellm_files, may=("changed_price", "disagreement", "unresolved_name"),
        folders=("litellm",), never="prices without a second feed that agrees",
    ),
)  # fmt: skip
