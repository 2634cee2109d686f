"""The ETL: cited CSV in datasets/raw to typed, keyed, described Parquet in datasets/processed."""

from etl.build import BuildFailed, BuildResult, build, check, is_stale, review
from etl.problem import Problem

__all__ = ["BuildFailed", "BuildResult", "Problem", "build", "check", "is_stale", "review"]
