"""What every Open XML file of ours must pass: the schemas of Office, and the rules of packages that these leave out."""

from __future__ import annotations

import io
import posixpath
import tempfile
import zipfile
from pathlib import Path

from lxml import etree
from openxml_audit import OpenXmlValidator

TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"


def faults(data: bytes) -> list[str]:
    """Everything that is wrong with a file, in words; [] where it is sound."""
    found = package_faults(data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.pptx"
        path.write_bytes(data)
        said = OpenXmlValidator().validate(str(path))
    return found + [f"{e.part_uri}: {e.description}" for e in said.errors]


def package_faults(data: bytes) -> list[str]:
    """Parts that stand twice, have no type, or are led to and are not there; properties that are related twice."""
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        lower = [n.lower() for n in names]
        found += [f"{n} stands twice" for n in sorted({n for n in lower if lower.count(n) > 1})]
        root = etree.fromstring(package.read("[Content_Types].xml"))
        defaults = {e.get("Extension").lower() for e in root.iter(f"{TYPES}Default")}
        overrides = [e.get("PartName").lstrip("/").lower() for e in root.iter(f"{TYPES}Override")]
        found += [f"{n} has two types" for n in sorted({n for n in overrides if overrides.count(n) > 1})]
        found += [f"{n} has a type and is not there" for n in overrides if n not in lower]
        for name in lower:
            ending = name.rpartition(".")[2]
            if name != "[content_types].xml" and name not in overrides and ending not in defaults:
                found.append(f"{name} has no type")
        for name in (n for n in names if n.endswith(".rels")):
            kinds = []
            folder = posixpath.dirname(posixpath.dirname(name))
            for one in etree.fromstring(package.read(name)):
                kinds.append((one.get("Type") or "").rpartition("/")[2])
                if one.get("TargetMode") == "External":
                    continue
                target = one.get("Target") or ""
                part = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                if posixpath.normpath(part) not in names:
                    found.append(f"{name} leads to {target}, which is not there")
            if name == "_rels/.rels":
                found += [f"two {k}" for k in sorted({k for k in kinds if kinds.count(k) > 1})]
    return found
