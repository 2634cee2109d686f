"""Epoch AI: models, the capabilities index, benchmark runs, companies, owners of chips. CC BY 4.0."""

from __future__ import annotations

import pandas as pd

from etl.feeds.declare import MEGABYTE, About, Feed, File, Ours, columns

BASE = "https://epoch.ai/data/"
WEIGHTS = {
    "Open weights (unrestricted)": "open",
    "Open weights (restricted use)": "restricted",
    "Open weights (non-commercial)": "restricted",
    "API access": "closed",
    "Hosted access (no API)": "closed",
    "Unreleased": "closed",
}
COUNTRY = "Country (of organization)=country|Country (from Organization)|Country"
#: Files of benchmarks that Epoch runs itself, and the one column of each that is the score.
RUNS = {
    "gpqa_diamond": "GPQA Diamond",
    "swe_bench_verified": "SWE-bench Verified",
    "otis_mock_aime_2024_2025": "OTIS Mock AIME 2024-2025",
    "frontiermath": "FrontierMath",
    "simpleqa_verified": "SimpleQA Verified",
    "math_level_5": "MATH Level 5",
}

_MODEL_COLUMNS = columns(
    "Model=name",
    "Organization=organization",
    "Publication date=release_date",
    "Parameters=parameters_total",
    "Training compute (FLOP)=training_compute_flop",
    "Model accessibility=weights",
    "Link=url",
    COUNTRY,
)
_MODEL_KNOWN = tuple(
    [
        "Domain",
        "Task",
        "Parameters notes",
        "Training compute notes",
        "Training dataset",
        "Training dataset size (total)",
        "Dataset size notes",
        "Confidence",
        "Reference",
        "Citations",
        "Authors",
        "Abstract",
        "Organization categorization",
        "Notability criteria",
        "Notability criteria notes",
        "Epochs",
        "Training time (hours)",
        "Training time notes",
        "Training hardware",
        "Training hardware notes",
        "Hardware quantity",
        "Hardware quantity notes",
        "Hardware utilization (MFU)",
        "Training compute cost (2023 USD)",
        "Compute cost notes",
        "Training power draw (W)",
        "Base model",
        "Finetune compute (FLOP)",
        "Finetune compute notes",
        "Batch size",
        "Batch size notes",
        "Training code accessibility",
        "Inference code accessibility",
        "Accessibility notes",
        "Numerical format",
        "Frontier model",
        "Hardware acquisition cost",
        "Hardware utilization (HFU)",
        "Training compute cost (cloud)",
        "Training compute cost (upfront)",
        "Open model weights?",
        "Dataset size notes",
        "(DEPRECATED) Training dataset size (datapoints)",
        "Training dataset notes",
        "Last modified",
        "Training dataset size (datapoints)",
        "Training compute estimation method",
        "Post-training compute (FLOP)",
    ]
)
_RUN_KNOWN = tuple(
    [
        "Best score (across scorers)",
        "Release date",
        "Country",
        "Training compute (FLOP)",
        "Training compute notes",
        "Log viewer",
        "Logs",
        "Started at",
        "id",
    ]
)


def models(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Rows of the models table; the id is name and organisation, since Epoch gives none."""
    repo = rows["url"].astype(str).str.extract(r"huggingface\.co/([\w.-]+/[\w.-]+)")[0]
    return rows.assign(
        upstream_id=rows["name"].astype(str) + " | " + rows["organization"].astype(str),
        weights=rows["weights"].map(WEIGHTS),
        hf_repo=repo,
    )


def eci(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Scores of the index. Every edition fits every score anew: the edition is the version of the scale."""
    return rows.assign(
        upstream_id=rows["name"].astype(str) + " | " + about.version,
        benchmark="Epoch Capabilities Index",
        scale_version=about.version,
    )


def eci_inputs(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Scores the index is fitted on, corrected for chance and ceiling: a scale of its own, never a plain score."""
    return rows.assign(
        upstream_id=rows["version"].astype(str)
        + " | "
        + rows["benchmark"].astype(str)
        + " | "
        + rows["source"].astype(str),
        setting="corrected for chance and ceiling",
        scale_version="corrected",
    )


def run(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Scores of one benchmark that Epoch ran, as percent; the effort after the last underscore is a setting."""
    stem = about.asked.name.removesuffix(".csv")
    score = pd.to_numeric(rows["score"], errors="coerce") * 100
    error = pd.to_numeric(rows["stderr"], errors="coerce") * 100
    return rows.assign(
        upstream_id=rows["id"].astype(str),
        benchmark=RUNS[stem],
        score=score,
        score_low=score - 1.645 * error,
        score_high=score + 1.645 * error,
        setting=rows["name"].astype(str).str.extract(r"_([a-z0-9]+)$")[0],
    )


def _key(rows: pd.DataFrame, *names: str) -> pd.Series:
    """The cells of some columns in one text a row."""
    cells = rows[list(names)].astype(object).fillna("").astype(str)
    return pd.Series([" | ".join(c) for c in cells.itertuples(index=False)], index=rows.index, dtype=object)


def _report(metric: str, unit: str):  # type: ignore[no-untyped-def]
    def shape(rows: pd.DataFrame, about: About) -> pd.DataFrame:
        # Epoch's Id is not unique and at times contradicts the cell: the row's own content names it.
        day = rows["day"].where(rows["day"].astype(str) != "", rows.get("report_date"))
        hidden = rows["hidden"].astype(str).str.lower().isin(["true", "yes", "1", "checked"])
        made = rows.assign(metric=metric, unit=unit, day=day)
        if metric == "users":
            # A row may tell users, tokens and messages at once; users of a day, a week and a month are not one measure.
            period = rows["period"].astype(str).str.lower()
            made = pd.concat(
                [
                    made.assign(metric=period.map(lambda p: f"{p}_users" if p else "users")),
                    made.assign(value=rows["tokens"], metric="daily_tokens", unit="tokens a day"),
                    made.assign(value=rows["messages"], metric="daily_messages", unit="messages a day"),
                ],
                ignore_index=True,
            )
            hidden = pd.concat([hidden] * 3, ignore_index=True)
            made = made[made["value"].notna() & (made["value"].astype(str) != "")]
        if metric == "funding":
            made = made[rows["how"].astype(str) == "Closed"]
        if metric == "revenue":
            made["how"] = rows["how"].map(
                lambda v: "multiplied out of a shorter period" if v == "Period interpolation" else v
            )
        made = made[~hidden.reindex(made.index)]
        key = _key(made, "metric", "organization", "day", "scope", "unit", "how")
        count = key.groupby(key).cumcount()
        return made.assign(upstream_id=key + count.map(lambda n: f" | {n}" if n else ""))

    return shape


def _model_files(ours: Ours) -> tuple[File, ...]:
    return tuple(
        File(f"{stem}.csv", f"{BASE}{stem}.csv", "csv", "models", _MODEL_COLUMNS, models, _MODEL_KNOWN)
        for stem in ("notable_ai_models", "large_scale_ai_models", "all_ai_models")
    )


def _eci_files(ours: Ours) -> tuple[File, ...]:
    scores = columns(
        "Model=name", "eci=score", "eci_ci_low=score_low", "eci_ci_high=score_high", "date=day",
        "Organization=organization", COUNTRY,
    )  # fmt: skip
    known = tuple(["Display name", "Model accessibility", "Accessibility group", "model_versions"])
    inputs = columns(
        "Model=name", "model_version=version", "benchmark=benchmark", "performance=score", "date=day", "source=source",
    )  # fmt: skip
    known_inputs = tuple(
        [
            "model_id",
            "benchmark_id",
            "benchmark_release_date",
            "optimized",
            "model",
            "model_group",
            "Model aggregation",
            "Model Aggregation Date",
            "Display name",
        ]
    )
    return (
        File("eci_scores.csv", f"{BASE}eci_scores.csv", "csv", "scores", scores, eci, known),
        File(
            "eci_benchmarks.csv",
            f"{BASE}eci_benchmarks.csv",
            "csv",
            "scores",
            inputs,
            eci_inputs,
            known_inputs,
        ),
    )


def _run_files(ours: Ours) -> tuple[File, ...]:
    """All of one archive: it is fetched once. A member that is not of its edition is refused like any file."""
    wanted = columns("Model version=name", "mean_score=score", "?stderr=stderr", "?Organization=organization", "id=id",
                     "?Release date=day")  # fmt: skip
    return tuple(
        File(
            f"{stem}.csv",
            f"{BASE}benchmark_data.zip",
            "csv",
            "scores",
            wanted,
            run,
            _RUN_KNOWN,
            member=f"{stem}.csv",
        )
        for stem in RUNS
    )


def _company_files(ours: Ours) -> tuple[File, ...]:
    hidden = "?Exclude from graph view=hidden"
    end = ("?Confidence=certainty", "?Source 1=url", "?Report date=report_date", hidden)
    told = {
        "revenue_reports": (
            "revenue", "USD a year", ("Annualized revenue (USD)=value", "Annualized revenue type=how", "?Scope=scope"),
        ),
        "usage_reports": (
            "users", "users", ("Active users=value", "Active users time period=period", "?Daily tokens=tokens", "?Daily messages=messages", "?Product=scope", "?Source type=how"),
        ),
        "funding_rounds": (
            "funding", "USD", ("Funding (equity)=value|Funding (equity, USD)", "Status=how", "?Type=scope"),
        ),
        "staff_reports": ("staff", "people", ("Staff count=value", "?Division name=scope", "?Type=how")),
        "compute_spend": ("compute_spend", "USD", ("Amount=value", "Category=scope", "?Period type=how")),
    }  # fmt: skip
    files = []
    for stem, (metric, unit, own) in told.items():
        day = "Close date=day|Date" if metric == "funding" else "Date=day"
        files.append(
            File(
                f"ai_companies_{stem}.csv", f"{BASE}ai_companies_{stem}.csv", "csv", "reports",
                columns("Company=organization", day, *own, *end), _report(metric, unit),
                known=tuple(
                    ["Id", "Revenue amount (normalize to annual)", "Period revenue", "Period type", "Other revenue info", "Source 2", "Source 3", "Notes", "Source type", "Graph note", "Funding (debt)", "Valuation (post-money)", "Inference compute spend", "R&D compute spend", "Total compute spend"]
                ),
                optional=stem != "revenue_reports",
            )
        )  # fmt: skip
    return tuple(files)


def chips(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """Estimated stocks of accelerators, by owner, kind of chip and day."""
    made = rows.assign(upstream_id=_key(rows, "organization", "chip", "day"))
    return made.drop_duplicates("upstream_id", keep="last")


def _chip_files(ours: Ours) -> tuple[File, ...]:
    wanted = columns(
        "Owner=organization", "Chip type=chip|Chip manufacturer|Designer", "End date=day|Date|Quarter end",
        "?Number of units (median)=quantity|Number of Units (median)|Number of Units",
        "?Number of units (5th percentile)=quantity_low|Number of Units (5th percentile)",
        "?Number of units (95th percentile)=quantity_high|Number of Units (95th percentile)",
        "?Compute estimate in H100e (median)=h100_equivalents|H100e compute power (median)|H100 equivalents",
    )  # fmt: skip
    return (
        File(
            "ai_chip_owners.zip", f"{BASE}ai_chip_owners.zip", "csv", "chips", wanted, chips, most_bytes=20 * MEGABYTE,
            member="cumulative_by_chip_type.csv", also=("cumulative_by_chip_type.csv",
            "ai_chip_owners_cumulative_by_chip_type.csv", "ai_chip_owners.csv"),
        ),
    )  # fmt: skip


_SAME = {
    "licence": "CC BY 4.0",
    "attribution": "Epoch AI, “Data on AI”, epoch.ai/data, CC BY 4.0",
    "folders": ("epoch", "epoch_ai", "epoch_benchmarks"),
}
FEEDS = (
    Feed(
        "epoch-models", "Epoch AI: data on AI models", "https://epoch.ai/data/ai-models", files=_model_files,
        may=("new_model", "changed_date", "disagreement", "unresolved_name"),
        never="the day of a release: Epoch's publication date is at times that of the paper",
        **_SAME,  # type: ignore[arg-type]
    ),
    Feed(
        "epoch-eci", "Epoch AI: Capabilities Index and its inputs", "https://epoch.ai/benchmarks/eci", files=_eci_files,
        may=("new_score", "unresolved_name"), keeps=True,
        never="that a model got better: each edition fits all scores anew, and is compared within itself only",
        **_SAME,  # type: ignore[arg-type]
    ),
    Feed(
        "epoch-benchmarks", "Epoch AI: benchmarks it runs", "https://epoch.ai/benchmarks", files=_run_files,
        may=("new_score", "unresolved_name"), never="days of releases",
        **_SAME,  # type: ignore[arg-type]
    ),
    Feed(
        "epoch-companies", "Epoch AI: AI companies", "https://epoch.ai/data/ai-companies", files=_company_files,
        may=("unresolved_name",), never="sums over companies: daily, weekly and monthly users are different things",
        **_SAME,  # type: ignore[arg-type]
    ),
    Feed(
        "epoch-chips", "Epoch AI: owners of chips", "https://epoch.ai/data/ai-chip-owners", files=_chip_files,
        may=("unresolved_name",), never="what a company says of its own chips",
        **_SAME,  # type: ignore[arg-type]
    ),
)  # fmt: skip
