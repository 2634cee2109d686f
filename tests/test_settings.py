"""What whoever runs the app sets: each variable is documented and understood, or said to be neither."""

from __future__ import annotations

import re

import pytest

from dashboard.data import settings, store
from dashboard.screen import metrics, sign_in


def test_every_variable_is_listed_and_documented() -> None:
    code = "\n".join(
        p.read_text(encoding="utf-8")
        for part in ("dashboard", "etl")
        for p in (store.PROJECT / part).rglob("*.py")
    )
    named = set(re.findall(r"[\"'`](LANDSCAPE_[A-Z_]+)[\"'`=]", code))
    assert named == set(settings.NAMES)
    pages = (store.PROJECT / "docs").glob("*.md")
    documented = "\n".join(p.read_text(encoding="utf-8") for p in pages)
    assert [n for n in settings.NAMES if f"`{n}`" not in documented] == []
    deployed = "\n".join(p.read_text(encoding="utf-8") for p in (store.PROJECT / "deploy").iterdir())
    assert settings.wrong(dict.fromkeys(re.findall(r"\bLANDSCAPE_[A-Z_]+", deployed), "")) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("LANDSCAPE_READRES", "5", "did you mean LANDSCAPE_READERS?"), ("LANDSCAPE_PASSWORD", "secret", "no setting of this app"),
     ("LANDSCAPE_READERS", "many", "a whole number from 1"), ("LANDSCAPE_WAITING", "0", "a whole number from 1"),
     ("LANDSCAPE_METRICS", "enabled", "expected on or off"), ("LANDSCAPE_OPEN", "open", "expected on or off"),
     ("LANDSCAPE_API", "open", ""), ("LANDSCAPE_READERS", "", ""), ("LANDSCAPE_METRICS", "True ", ""), ("LANDSCAPE_AT_ONCE", "4 ", ""),
     ("LANDSCAPE_PORT", "tcp://10.0.0.1:80", ""), ("LANDSCAPE_SERVICE_HOST", "10.0.0.1", ""), ("LANDSCAPE_PORT_80_TCP", "x", ""),
     ("LANDSCAPE_SERVICE_PORT", "80", ""), ("PATH", "x", "")],
)  # fmt: skip
def test_a_setting_that_is_not_understood_is_said(name: str, value: str, said: str) -> None:
    """But not what Kubernetes names containers beside a service of the same name; and no value, which may be a secret."""
    (told,) = settings.wrong({name: value}) or [""]
    assert (said in told) if said else not told
    assert "secret" not in told


@pytest.mark.parametrize("value", ["on", " On", "1\r", "true", "yes"])
def test_switches_are_read_alike(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDSCAPE_METRICS", value)
    monkeypatch.setenv("LANDSCAPE_OPEN", value)
    assert metrics.is_on() and not sign_in.refuse_to_start(["--host", "0.0.0.0"], {"LANDSCAPE_OPEN": value})
    monkeypatch.setenv("LANDSCAPE_METRICS", "off")
    assert not metrics.is_on()
