"""What became of asking for known faults of the locked packages: `python tests/audit.py FILE`, pip-audit's own JSON.

A package that nobody could be asked about is no package without faults: a mirror that lacks the list answers for none.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def told(said: str) -> tuple[int, list[str]]:
    """Exit status and lines: 1 where a package has a known fault, and where it is not known of some though of others it is."""
    try:
        packages = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        packages = []
    asked = [p for p in packages if "vulns" in p]
    faults = [
        f"{p['name']} {p['version']}: {v['id']}{', mended in ' + ', '.join(v['fix_versions']) if v.get('fix_versions') else ''}"
        for p in asked
        for v in p["vulns"]
    ]
    left = [str(p["name"]) for p in packages if "vulns" not in p]
    if not asked:
        return 0, ["Not asked: the list of known faults is not reached from here; of no package is it known."]
    lines = [*faults, f"{len(asked)} packages asked about, {len(faults)} known faults."]
    if left:
        lines.append(f"Not known of {len(left)}: {', '.join(left)}.")
    return int(bool(faults or left)), lines


if __name__ == "__main__":
    path = Path(sys.argv[1])
    status, said = told(path.read_text(encoding="utf-8") if path.is_file() else "")
    print("\n".join(said))
    sys.exit(status)
