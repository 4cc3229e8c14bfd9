"""Holds Cargo.lock against a copy of the RustSec advisory database, without a network.

    advisories.py FOLDER    FOLDER is a clone of https://github.com/rustsec/advisory-db, with files or bare

What deny.toml ignores, with its reason, is not said again. Ends with 1 where something else is found, and
with 2 where the copy cannot be read.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def texts(folder):
    """Every advisory of the copy: its Markdown text, with TOML in front."""
    folder = Path(folder)
    if (folder / "crates").is_dir():
        for file in sorted((folder / "crates").glob("*/RUSTSEC-*.md")):
            yield file.read_text(encoding="utf-8")
        return
    names = git(folder, "ls-tree", "-r", "--name-only", "HEAD", "crates/").splitlines()
    names = [n for n in names if re.search(r"/RUSTSEC-[^/]*\.md$", n)]
    asked = "".join(f"HEAD:{name}\n" for name in names).encode()
    told = subprocess.run(
        ["git", "-C", folder, "cat-file", "--batch"], input=asked, capture_output=True, check=True
    ).stdout
    at = 0
    while at < len(told):
        end = told.index(b"\n", at)
        size = int(told[at:end].split()[2])
        yield told[end + 1 : end + 1 + size].decode()
        at = end + 1 + size + 1


def git(folder, *words):
    done = subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=True)
    return done.stdout


def number(version):
    """What versions are ordered by: one that is not yet released comes before its release."""
    version = version.split("+")[0]
    release, _, before = version.partition("-")
    parts = [int(part) for part in release.split(".")] + [0, 0]
    words = [(0, int(w), "") if w.isdigit() else (1, 0, w) for w in before.split(".")] if before else []
    return (parts[:3], not before, words)


def meets(version, requirement):
    """Whether a version meets a requirement such as ">=1.2.3, <2.0.0" or "^1.4"."""
    return all(meets_one(number(version), part.strip()) for part in requirement.split(",") if part.strip())


def meets_one(version, requirement):
    sign, bound = re.match(r"\s*(>=|<=|>|<|=|\^|~)?\s*(.+)", requirement).groups()
    bound = bound.strip()
    low = number(bound)
    if sign in ("^", "~", None):
        parts = [int(p) for p in bound.split("-")[0].split(".")]
        fixed = 1 if parts[0] or len(parts) == 1 or sign == "~" else 2
        if sign == "~" and len(parts) > 1:
            fixed = 2
        if sign != "~" and not parts[0] and len(parts) == 3 and not parts[1]:
            fixed = 3
        high = (parts[:fixed] + [0, 0])[:3]
        high[fixed - 1] += 1
        return low <= version < (high, False, [])
    return {
        ">=": version >= low, "<=": version <= low, ">": version > low, "<": version < low, "=": version == low,
    }[sign]


def main(folder):
    answered = tomllib.loads((ROOT / "deny.toml").read_text())["advisories"]["ignore"]
    answered = {one["id"] for one in answered}
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    versions = {}
    for package in lock:
        versions.setdefault(package["name"], []).append(package["version"])
    seen, found, met = 0, 0, set()
    for text in texts(folder):
        seen += 1
        front = tomllib.loads(re.match(r"```toml\n(.*?)\n```", text, re.S).group(1))
        advisory, good = front["advisory"], front.get("versions", {})
        if advisory.get("withdrawn"):
            continue
        safe = good.get("patched", []) + good.get("unaffected", [])
        for version in versions.get(advisory["package"], []):
            if any(meets(version, one) for one in safe):
                continue
            met.add(advisory["id"])
            if advisory["id"] not in answered:
                found += 1
                title = re.search(r"^# (.*)", text, re.M).group(1)
                kind = advisory.get("informational", "weakness")
                print(f"{advisory['id']}  {advisory['package']} {version}: {title} ({kind})")
    print(f"{seen} advisories compared with {len(lock)} packages: {found} not answered, {len(met & answered)} answered in deny.toml.")
    for gone in sorted(answered - met):
        print(f"deny.toml answers {gone}, which touches nothing here any more.")
    return 1 if found else 0


if __name__ == "__main__":
    try:
        code = main(sys.argv[1])
    except (OSError, subprocess.CalledProcessError, IndexError) as fault:
        print(f"The copy of the advisory database cannot be read: {fault}", file=sys.stderr)
        code = 2
    sys.exit(code)
