"""Small files in the shape of each feed, with values made up for tests; nothing in them is a fact."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

DAY = "2026-11-20"


def csv(*rows: str, end: str = "\n") -> bytes:
    return (end.join(rows) + end).encode()


def js(document: object) -> bytes:
    return json.dumps(document).encode()


def parquet(rows: list[dict[str, object]], group: int = 1000) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(pd.DataFrame(rows), preserve_index=False), out, row_group_size=group)
    return out.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


EPOCH_HEAD = "Model,Organization,Publication date,Parameters,Training compute (FLOP),Model accessibility,Link,Country (of organization)"
ECI_HEAD = "Model,eci,eci_ci_low,eci_ci_high,date,Organization,Country (of organization)"
REVENUE_HEAD = (
    "Id,Company,Date,Annualized revenue (USD),Annualized revenue type,Scope,Confidence,Source 1,Report date"
)
USAGE_HEAD = "Id,Company,Active users,Active users time period,Daily tokens,Daily messages,Date,Report date,Source 1,Source type,Product,Confidence,Exclude from graph view"

OPENROUTER_CSV = csv(
    "date,model_permaslug,rank,total_tokens,share_of_daily_tokens",
    f"{DAY},deepseek/deepseek-v3.2-20251201,1,600,0.6",
    f"{DAY},stealth/some-creature-alpha,2,300,0.3",
    f"{DAY},other,,100,0.1",
    end="\r\n",
)
MANIFEST = {
    "snapshot_date": DAY,
    "row_count": 3,
    "files": {
        "csv": {
            "url": f"https://openrouter.ai/api/v1/datasets/exports/rankings-daily/{DAY}.csv",
            "bytes": len(OPENROUTER_CSV),
            "sha256": hashlib.sha256(OPENROUTER_CSV).hexdigest(),
        }
    },
}
ARENA_ROWS: list[dict[str, object]] = [
    {"model_name": n, "organization": o, "license": "x", "category": c, "rating": r, "rating_lower": r - 5, "rating_upper": r + 5,
     "variance": 1.0, "vote_count": 10.0, "rank": 1.0, "leaderboard_publish_date": DAY}
    for n, o, r in (("glm-4.6", "z.ai", 1400.0), ("who-knows", "", 1300.0))
    for c in ("overall", "chinese", "german")
]  # fmt: skip

HUB_QWEN = "huggingface.co/api/models?author=Qwen&limit=1000" + "".join(
    f"&expand[]={e}"
    for e in ("downloads", "downloadsAllTime", "likes", "createdAt", "safetensors", "cardData")
)


def zipped_csv(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


#: Body, media type and number of rows that land, by feed and address below the server's.
FILES: dict[str, dict[str, tuple[bytes, str]]] = {
    "epoch-models": {
        "epoch.ai/data/notable_ai_models.csv": (
            csv(
                EPOCH_HEAD,
                "Imagined-1,Alibaba,2026-11-01,1e9,1e22,Open weights (unrestricted),https://example.org/a,China",
                'GLM-4.6,"Z.ai (Zhipu AI),Tsinghua University",2025-09-30,355000000000.0,,API access,,"China,China"',
                "Odd,Nobody Anyone Knows,2026-01-01,,,,,China",
            ),
            "text/csv",
        ),
        "epoch.ai/data/large_scale_ai_models.csv": (csv(EPOCH_HEAD, "Imagined-1,Alibaba,2026-11-01,1e9,1e22,,,China"), "text/csv"),
        "epoch.ai/data/all_ai_models.csv": (csv(EPOCH_HEAD, "Imagined-1,Alibaba,2026-11-01,1e9,1e22,,,China"), "text/csv"),
    },
    "epoch-eci": {
        "epoch.ai/data/eci_scores.csv": (
            csv(ECI_HEAD, "GLM-4.6,140.5,138,143,2025-09-30,Z.ai (Zhipu AI),China", 'Qwen-Imagined,120,,,2025-01-01,,""'),
            "text/csv",
        ),
        "epoch.ai/data/eci_benchmarks.csv": (
            csv("Model,model_version,benchmark,performance,date,source", "GLM-4.6,glm-4.6,GPQA diamond,0.5,2025-09-30,a table"),
            "text/csv",
        ),
    },
    "epoch-benchmarks": {
        "epoch.ai/data/benchmark_data.zip": (
            zipped({
                f"benchmark_data/{stem}.csv": csv(
                    "Model version,mean_score,stderr,Organization,id,Release date", f"glm-4.6_high,0.7,0.02,,rec{n},2025-09-30"
                )
                for n, stem in enumerate(
                    ("gpqa_diamond", "swe_bench_verified", "otis_mock_aime_2024_2025", "frontiermath", "simpleqa_verified", "math_level_5")
                )
            }),
            "application/zip",
        ),
    },
    "epoch-companies": {
        "epoch.ai/data/ai_companies_revenue_reports.csv": (
            csv(REVENUE_HEAD, "a,MiniMax,2026-03-31,5e8,Period interpolation,Full company,Likely,https://example.org/r,2026-05-01"), "text/csv",
        ),
        "epoch.ai/data/ai_companies_usage_reports.csv": (
            csv(
                USAGE_HEAD,
                'a,DeepSeek,1000,Daily,2e9,,2026-01-01,2026-02-01,"https://example.org/1, https://example.org/2",Other,App,Likely,',
                "b,DeepSeek,9999,Monthly,,,2026-01-01,2026-02-01,,Other,App,Likely,True",
            ),
            "text/csv",
        ),
        "epoch.ai/data/ai_companies_funding_rounds.csv": (
            csv(
                "Company,Id,Close date,Report date,Funding (equity),Funding (debt),Valuation (post-money),Status,Type,Confidence,Source 1",
                "MiniMax,a,2026-01-01,2026-01-02,1e9,,,Closed,Equity,Likely,",
                "MiniMax,b,2026-02-01,2026-02-02,9e9,,,In talks,Equity,Likely,",
            ),
            "text/csv",
        ),
        "epoch.ai/data/ai_companies_staff_reports.csv": (
            csv("Company,Staff count,Date,Type,Division name,Confidence,Source type", "DeepSeek,160,2026-01-01,Full company,,Likely,x"), "text/csv",
        ),
        "epoch.ai/data/ai_companies_compute_spend.csv": (
            csv("Company,Amount,Category,Period type,Date,Confidence", "MiniMax,1e8,Training,Year,2025-12-31,Likely"), "text/csv",
        ),
    },
    "epoch-chips": {
        "cumulative_by_chip_type.csv": (
            csv("Owner,Chip type,End date,Number of units (median),Compute estimate in H100e (median)", "Alibaba,H20,2026-06-30,1000,Infinity"),
            "text/csv",
        ),
    },
    "models-dev": {
        "models.dev/api.json": (
            js(
                {
                    "deepseek": {
                        "id": "deepseek", "doc": "https://example.org",
                        "models": {
                            "deepseek-imagined": {"name": "DeepSeek Imagined", "release_date": "2026-11-02", "open_weights": True,
                                                  "limit": {"context": 1000}, "cost": {"input": 0.5, "output": 1.5}},
                        },
                    },
                    "a-reseller": {"id": "a-reseller", "models": {"glm-4.6": {"name": "GLM-4.6", "cost": {"input": 9, "output": 9}}}},
                }
            ),
            "application/json",
        ),
    },
    "genai-prices": {
        "raw.githubusercontent.com/pydantic/genai-prices/main/prices/data_slim.json": (
            js([
                {"id": "deepseek", "pricing_urls": ["https://example.org"], "models": [
                    {"id": "deepseek-imagined", "prices": [
                        {"prices": {"input_mtok": 0.5, "output_mtok": 1.5}},
                        {"constraint": {"start_time": "00:30:00Z", "end_time": "16:30:00Z"}, "prices": {"input_mtok": 9, "output_mtok": 9}}]},
                    {"id": "deepseek-tiers", "prices": {"input_mtok": {"base": 1, "tiers": []}, "output_mtok": 2}}]},
            ]),
            "text/plain; charset=utf-8",
        ),
    },
    "litellm": {
        "raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json": (
            js({
                "sample_spec": {"litellm_provider": "one of them", "input_cost_per_token": 0.0},
                "dashscope/qwen-imagined": {"litellm_provider": "dashscope", "input_cost_per_token": 5e-07, "output_cost_per_token": 2e-06},
                "an-image-model": {"litellm_provider": "openai", "mode": "image_generation"},
            }),
            "text/plain",
        ),
    },
    "arena": {
        "huggingface.co/api/datasets/lmarena-ai/leaderboard-dataset": (js({"sha": "abc123", "id": "x"}), "application/json"),
        **{
            f"huggingface.co/datasets/lmarena-ai/leaderboard-dataset/resolve/abc123/{subset}/latest-00000-of-00001.parquet": (
                parquet(ARENA_ROWS, group=2), "application/octet-stream",
            )
            for subset in ("text", "text_style_control", "vision", "webdev")
        },
    },
    "crux": {
        f"raw.githubusercontent.com/zakird/crux-top-lists/main/data/global/{month}.csv.gz": (
            zipped_csv(csv("origin,rank", f"https://chat.deepseek.com,{rank}", "https://chat.qwen.ai,10000", "https://www.tongyi.com,500000",
                           *(f"https://nobody{n}.example,1000000" for n in range(20)))),
            "application/octet-stream",
        )
        for month, rank in (("202610", 5000), ("202609", 10000))
    },
    "hf-models": {
        HUB_QWEN: (
            js([
                {"id": "Qwen/Imagined-7B", "downloads": 100, "downloadsAllTime": 900, "likes": 3, "createdAt": "2026-01-02T00:00:00.000Z",
                 "safetensors": {"total": 7_000_000_000}, "cardData": {"license": "apache-2.0"}},
                {"id": "Qwen/Bare", "downloads": 5, "likes": 0, "createdAt": "2026-03-02T00:00:00.000Z"},
            ]),
            "application/json; charset=utf-8",
        ),
    },
    "hf-leaderboards": {
        "huggingface.co/api/datasets": (js([{"id": "Idavidrein/gpqa"}, {"id": "no slash"}]), "application/json"),
        "huggingface.co/api/datasets/Idavidrein/gpqa/leaderboard": (
            js([{"rank": 1, "modelId": "deepseek-ai/DeepSeek-V3.2", "value": 80.5}, {"rank": 2, "modelId": "nobody/here", "value": 70}]),
            "application/json",
        ),
    },
    "model-pulse": {
        f"huggingface.co/datasets/modelpulse/model-pulse-data/resolve/main/{folder}/{month}.parquet": (
            parquet([
                {key: name, "day": f"{month}-0{n}", "dl30": 100.0 * n, "dl_all": 1000.0 + n, "likes": 5.0, more: 2}
                for name in names for n in (1, 2, 3)
            ], group=3),
            "application/octet-stream",
        )
        for folder, key, more, names in (
            ("author_series", "author", "models", ("Qwen", "a-stranger", "deepseek-ai")),
            ("family_series", "id", "members", ("deepseek-ai/DeepSeek-V3.2", "a-stranger/thing")),
        )
        for month in ("2026-10", "2026-11")
    },
    "hkex": {
        # Whatever code is asked for: one is known.
        "www1.hkexnews.hk/search/prefix.do": (b'callback({"more":"0","stockInfo":[{"stockId":7,"code":"00700","name":"X"}]});\r\n', "application/javascript"),
        "www1.hkexnews.hk/search/titleSearchServlet.do": (
            js({"result": json.dumps([
                {"NEWS_ID": "11", "TITLE": "A <br/>notice", "DATE_TIME": "20/11/2026 16:30", "FILE_LINK": "/listedco/x.pdf", "STOCK_CODE": "00700"}
            ])}),
            "application/json",
        ),
    },
    "openrouter": {
        "openrouter.ai/api/v1/datasets/exports/rankings-daily/latest.manifest.json": (js(MANIFEST), "application/json"),
        f"openrouter.ai/api/v1/datasets/exports/rankings-daily/{DAY}.csv": (OPENROUTER_CSV, "text/csv"),
    },
    "fmti": {
        "raw.githubusercontent.com/stanford-crfm/fmti/main/Dec2025/Dec2025_scores.csv": (
            csv("Indicator,Alibaba,DeepSeek,xAI", "An indicator,1,0,1", "Another,0,1,1"), "text/plain",
        ),
    },
    "atom": {
        "raw.githubusercontent.com/Interconnects-AI/tracked-models/main/models.csv": (
            csv("org,model,modelId", "Qwen,Imagined-7B,Qwen/Imagined-7B", "deepseek-ai,DeepSeek-V3.2,deepseek-ai/DeepSeek-V3.2"), "text/plain",
        ),
        "raw.githubusercontent.com/Interconnects-AI/tracked-models/main/metadata/model_parameters.csv": (
            csv("model_id,total_params_b,active_params_b,is_moe,notes", "deepseek-ai/DeepSeek-V3.2,671,37,true,made"), "text/plain",
        ),
        "raw.githubusercontent.com/Interconnects-AI/tracked-models/main/metadata/release_date_corrections.csv": (
            csv("# words", "# more words", "model_id,hf_created_at,actual_release_date,notes", "Qwen/Imagined-7B,2026-01-02,2026-01-01,x"),
            "text/plain",
        ),
    },
    "cac": {
        "www.cac.gov.cn/2024-04/02/c_1713729983803145.htm": (
            "<html><body><table><tr><th>序号</th><th>属地</th><th>模型名称</th><th>备案单位</th><th>备案编号</th><th>备案时间</th></tr>"
            "<tr><td>1</td><td>浙江</td><td>想象模型</td><td>阿里巴巴</td><td>ZheJiang-X-1</td><td>2024年5月13日</td></tr></table>"
            "</body></html>".encode(),
            "text/html; charset=utf-8",
        ),
    },
    "sec": {
        "www.sec.gov/files/company_tickers.json": (js({"0": {"cik_str": 42, "ticker": "BABA", "title": "x"}}), "application/json"),
        "data.sec.gov/submissions/CIK0000000042.json": (
            js({"filings": {"recent": {"form": ["20-F"], "filingDate": ["2026-06-20"], "accessionNumber": ["0001-26-1"], "primaryDocument": ["a.htm"],
                                       "items": [""]}}}),
            "application/json",
        ),
    },
    "news": {
        "pandaily.com/feed/": (
            b'<?xml version="1.0"?><rss><channel><item><title>DeepSeek moves a chair</title><link>https://example.org/1</link>'
            b"<description>long text</description><pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate></item>"
            b"<item><title>Nothing of ours: undeepseeked</title><link>https://example.org/2</link></item></channel></rss>",
            "application/rss+xml",
        ),
    },
}  # fmt: skip
