"""The dashboard: Parquet in, pages, charts and slides out."""
