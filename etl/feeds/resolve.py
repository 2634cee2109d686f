"""Names of feeds to our companies and models: by alias, repository and label; never guessed, at most suggested."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd
from rapidfuzz import fuzz, process, utils

#: Endings of firms that say nothing of who it is.
_LEGAL = re.compile(
    r"[\s,]*\b(?:inc|ltd|limited|llc|corp|corporation|co|company|plc|gmbh|group|holdings?|technology|technologies)\.?$",
    re.IGNORECASE,
)
#: What feeds write where they do not know the organisation.
_NOBODY = ("", "unknown", "none", "other", "independent")
#: What feeds hang on a model's name that is a setting of a test or an offer, and no part of the name. Tried in turn.
_SETTINGS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r":(?:free|nitro|extended|beta|thinking|exacto|online|floor)$",
        r"[\s_-]*\((?:x?high|medium|low|max|none|minimal|thinking|non-?thinking|reasoning|non-?reasoning|[\d.]+k[^)]*)\)$",
        r"_(?:x?high|medium|low|max|none|minimal|unknown|thinking|non-?thinking|[\d.]+k)$",
        r"-(?:20\d{2}-\d{2}-\d{2}|20\d{6})$",
        r"-(?:x?high|medium|low|max-effort|thinking|non?-thinking|reasoning|non-reasoning)$",
        r"-(?:fp8|bf16|gguf|awq|gptq-int4|gptq-int8|int4|int8|mlx(?:-\dbit)?|nvfp4|mxfp4|mxfp8)$",
    )
)


#: Days between the day in a name and a model's release within which both are one edition; qwen-plus-2025-07-28 is not
#: the qwen-plus of 2024, claude-haiku-4-5-20251001 is the model announced a fortnight later.
_SAME_EDITION = 60
_DATED = re.compile(r"-(20\d{2})-?(\d{2})-?(\d{2})(?![\d])")
_SNAPSHOT = re.compile(r"-(?:20\d{2}-?\d{2}-?\d{2}|[01]\d[0-3]\d)$")
_THINKING = re.compile(r"-(?:thinking|reasoning)(?=$|[-_])", re.IGNORECASE)
_ONE_OF_TWO = re.compile(r"-(?:instruct|base|chat|it)\b", re.IGNORECASE)


#: Accounts of the Hub, as ATOM's list of organisations has them, whose name stands among the aliases as that of a firm, brand,
#: unit or family: an alias has one row and one kind.
_ACCOUNTS = {
    "ByteDance": "bytedance", "facebook": "meta", "Kwaipilot": "kuaishou", "PaddlePaddle": "baidu", "sensenova": "sensetime",
}  # fmt: skip


@lru_cache(maxsize=200_000)
def folded(name: str) -> str:
    """A name for comparison: no case, blanks or marks; digits apart by a mark, so that 1.5 is not 15."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    plain = re.sub(r"(?<=\d)[.](?=\d)", "·", plain)
    # 3-5 of an address is 3.5 of the name; in 2.5-72b the b says that 72 is no decimal.
    plain = re.sub(r"(?<![\d·])(\d)[-_p](\d)(?![\d·]|\.?\d*[bkm])", r"\1·\2", plain)
    return re.sub(r"[^\w·]|_", "", plain)


@lru_cache(maxsize=200_000)
def bare(name: str) -> tuple[str, ...]:
    """The name and what is left of it as settings and addresses of repositories go, longest first."""
    seen = [name.strip()]
    if "/" in name:
        seen.append(name.rsplit("/", 1)[1].strip())
    for tail in list(seen):
        rest, before = tail, ""
        while rest != before:
            before = rest
            for setting in _SETTINGS:
                rest = cut if len(cut := setting.sub("", rest, count=1)) > 2 else rest
            if rest not in seen:
                seen.append(rest)
    return tuple(seen)


@dataclass(frozen=True)
class Suggestion:
    """A name of ours that is near one of theirs, with nearness of 0 to 100."""

    name: str
    leads_to: str
    nearness: int


class Names:
    """Our names.

    Args:
        frames: company_aliases, companies, models and benchmark_scores as built or read.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        aliases, models = frames["company_aliases"], frames["models"]
        companies = frames["companies"]
        titled = zip(companies["company_id"].astype(str), companies["company_name"].astype(str), strict=True)
        self._titles: dict[str, str] = dict(titled)
        self.companies: dict[str, str] = {str(i): str(i) for i in companies["company_id"]}
        named = aliases[aliases["alias_kind"] != "person"]
        self.companies |= {str(a): str(c) for a, c in zip(named["alias"], named["company_id"], strict=True)}
        repos = models.dropna(subset=["hf_repo"])
        space = repos["hf_repo"].astype(str).str.partition("/")[0]
        self.namespaces = _single(zip(space, repos["company_id"].astype(str), strict=True), lambda s: s)
        is_space = aliases["alias_kind"] == "namespace"
        self.namespaces |= dict(
            zip(aliases.loc[is_space, "alias"], aliases.loc[is_space, "company_id"], strict=True)
        )
        self.namespaces |= {a: c for a, c in _ACCOUNTS.items() if c in self.companies}
        self.companies = {**self.namespaces, **self.companies}
        self._company = _single(self.companies.items(), folded)
        self._chinese = [(a, c) for a, c in self.companies.items() if len(a) >= 3 and not a.isascii()]
        family = aliases[aliases["alias_kind"].isin(["model_family", "brand"])]
        self._family = _single(
            zip(family["alias"].astype(str), family["company_id"].astype(str), strict=True), folded
        )
        # A repository that several models here share (a model and its faster offer) names none of them by itself.
        self._repo = _single(
            zip(repos["hf_repo"].astype(str), repos["model_id"].astype(str), strict=True), str.casefold
        )
        self.repositories = frozenset(repos["hf_repo"].astype(str))
        owner = dict(zip(models["model_id"].astype(str), models["company_id"].astype(str), strict=True))
        self.owner = owner
        labels = [
            *((f"{owner[m]}\x1f{n}", m) for m, n in zip(models["model_id"].astype(str), models["model_name"].astype(str), strict=True)),
            *((f"{owner[m]}\x1f{m.partition('/')[2]}", m) for m in owner),
            *((f"{owner[m]}\x1f{r.partition('/')[2]}", m) for r, m in zip(repos["hf_repo"].astype(str), repos["model_id"].astype(str), strict=True)),
        ]  # fmt: skip
        first = _single(labels, _label)
        scored = frames["benchmark_scores"].dropna(subset=["model_id"])
        rolls = models["is_rolling_alias"].fillna(False).astype(bool)
        rolling = set(models.loc[rolls, "model_id"].astype(str))
        # Scores of an endpoint's snapshots hang on the endpoint here: the snapshot's name is not the endpoint's.
        known = [
            (f"{owner[m]}\x1f{n}", m)
            for m, n in zip(scored["model_id"].astype(str), scored["model_label"].astype(str), strict=True)
            if m in owner and not (m in rolling and _SNAPSHOT.search(n))
        ]
        self._model = {**_single(known, _label), **first}
        self._anywhere = _single([(k.partition("\x1f")[2], m) for k, m in self._model.items()], lambda k: k)
        self._model_names = {
            m: str(n)
            for m, n in zip(models["model_id"].astype(str), models["model_name"].astype(str), strict=True)
        }
        self._released = dict(
            zip(models["model_id"].astype(str), pd.to_datetime(models["release_date"]), strict=True)
        )
        self._hub = dict(zip(repos["model_id"].astype(str), repos["hf_repo"].astype(str), strict=True))
        self._route = {s.casefold(): c for s, c in self.namespaces.items()}
        self._company_memo: dict[tuple[str, str], str] = {}
        self._pools: dict[str, tuple[list[tuple[str, str]], list[str]]] = {}

    def title(self, company: str) -> str:
        """What a reader calls a company."""
        return self._titles.get(company, company)

    def company(self, organization: str, name: str = "") -> str:
        """Company id of an organisation as a feed writes it, "" where no alias leads to one.

        Of several organisations the first of ours counts. Where a feed names none, the family that the model's name
        begins with does.
        """
        key = (organization, name if folded(organization) in _NOBODY else "")
        if key not in self._company_memo:
            self._company_memo[key] = self._find_company(*key)
        return self._company_memo[key]

    def _find_company(self, organization: str, name: str) -> str:
        if organization:
            for part in [organization, *re.split(r"[,;]|\s/\s|\s&\s", organization)]:
                part = part.strip()
                inner = re.search(r"\(([^)]*)\)", part)
                outer = re.sub(r"\s*\([^)]*\)", "", part)
                for tried in (
                    part,
                    outer,
                    _LEGAL.sub("", outer),
                    inner.group(1) if inner else "",
                    *_begins(outer),
                ):
                    if tried and (found := self._company.get(folded(tried))):
                        return found
            # A Chinese firm's full name has the short one within; two characters may be a part of another word.
            within = {c for alias, c in self._chinese if alias in organization}
            if len(within) == 1:
                return next(iter(within))
            if folded(organization) not in _NOBODY:
                return ""
        begin = re.match(r"[^\W\d_]+", name.rsplit("/", 1)[-1].strip())
        by_family = self._family.get(folded(begin.group(0)), "") if begin else ""
        # Qwen/QwQ-32B in a shop: the space of a repository is its maker's.
        space = name.partition("/")[0] if name.count("/") == 1 else ""
        return by_family or self._route.get(space.casefold(), "")

    def _maker(self, name: str) -> str:
        """Whose model a shop's name is letter by letter, "" for nobody's or several firms'."""
        return self.owner.get(self._anywhere.get(folded(name.rsplit("/", 1)[-1]), ""), "")

    def model(self, company: str, name: str, repo: str = "") -> str:
        """Model id of a name of a company, "" where none of ours is called so.

        The name counts before the repository: a feed may link the repository of a sibling, or of the report on both.
        """
        for tried in bare(name):
            key = folded(tried)
            found = self._model.get(f"{company}\x1f{key}", "") if company else self._anywhere.get(key, "")
            if found and not self._is_another_edition(found, name, tried, repo):
                return found
        for told in (repo, name if "/" in name else ""):
            found = self._repo.get(told.casefold(), "") if told else ""
            if found and (not company or self.owner[found] == company) and self._is_named_so(repo, name):
                return found
        return ""

    def _is_named_so(self, repo: str, name: str) -> bool:
        """Whether a repository that comes with a name is that of the name, and not one that the row merely links."""
        if not repo:
            return True
        last, mine = folded(repo.rpartition("/")[2]), folded(name.rpartition("/")[2])
        return last in mine or mine in last

    def _is_another_edition(self, model: str, name: str, tried: str, repo: str) -> bool:
        """Whether what was taken off a name made it the name of another model."""
        released = self._released[model]
        if (day := _DATED.search(name)) and not _DATED.search(tried) and pd.notna(released):
            told = pd.to_datetime("-".join(day.groups()), errors="coerce")
            if pd.notna(told) and abs((told - released).days) > _SAME_EDITION:
                return True
        # A repository's "-Thinking" has weights of its own; it is ours only where ours is the other one of the two.
        hub = self._hub.get(model, "")
        is_stripped = bool(_THINKING.search(name)) and not _THINKING.search(tried)
        return is_stripped and bool(repo) and bool(hub) and not _ONE_OF_TWO.search(hub)

    def suggestions(self, name: str, company: str = "", limit: int = 3) -> list[Suggestion]:
        """Our names nearest to one that leads nowhere: models of the company, or companies where it is not known."""
        if company not in self._pools:
            named = (
                [(n, m) for m, n in self._model_names.items() if self.owner[m] == company]
                if company
                else list(self.companies.items())
            )
            self._pools[company] = named, [utils.default_process(n) for n, _ in named]
        pool = self._pools[company][0]
        found = process.extract(
            utils.default_process(name.rsplit("/", 1)[-1]), self._pools[company][1], scorer=fuzz.token_sort_ratio, limit=limit,
            score_cutoff=60,
        )  # fmt: skip
        return [Suggestion(pool[place][0], pool[place][1], round(near)) for _, near, place in found]

    def resolved(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows with company_id and model_id, null where no name leads there. Each distinct name is looked up once."""
        organization = rows["organization"].fillna("").astype(str)
        name = rows["name"].fillna("").astype(str)
        repo = (
            rows["hf_repo"].fillna("").astype(str) if "hf_repo" in rows else pd.Series("", index=rows.index)
        )
        keys = pd.MultiIndex.from_arrays([organization, name, repo])
        codes, distinct = pd.factorize(keys)
        is_shop = "provider" in rows
        companies, models = [], []
        for o, n, r in distinct:
            model = self._repo.get(r.casefold(), "") if r else ""
            # Who made a model is told by its name before the shop that sells it: shops resell.
            company = (
                ((self.company("", n) or self._maker(n)) if is_shop else "")
                or self.company(o, n)
                or (self.owner[model] if model and not o else "")
            )
            companies.append(company or None)
            models.append((self.model(company, n, r) if company else "") or None)
        return rows.assign(
            company_id=pd.array(companies, dtype=object)[codes] if len(rows) else None,
            model_id=pd.array(models, dtype=object)[codes] if len(rows) else None,
        )


def _begins(organization: str) -> list[str]:
    """First word of "Huawei Noah's Ark Lab": a department bears its firm's name in front. Short words name too much."""
    first, _, rest = organization.partition(" ")
    return [first] if rest and len(first) >= 6 else []


def _label(key: str) -> str:
    company, _, name = key.partition("\x1f")
    return f"{company}\x1f{folded(name)}"


def _single(pairs: Iterable[tuple[str, str]], fold: Callable[[str], str]) -> dict[str, str]:
    """Folded name to id; a name that leads to two is left out: it would be a guess."""
    found: dict[str, set[str]] = {}
    for name, to in pairs:
        found.setdefault(fold(str(name)), set()).add(str(to))
    return {n: next(iter(to)) for n, to in found.items() if len(to) == 1 and n.strip("\x1f")}


__all__ = ["Names", "Suggestion", "bare", "folded"]
