"""``python scripts/bump.py 0.2.0``: the new version, in every place that has it."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
VERSION = re.compile(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?")
PIN = re.compile(r'"(maintenance-[a-z]+)==[^"]+"')


def main() -> None:
    version = " ".join(sys.argv[1:])
    if not VERSION.fullmatch(version):
        sys.exit("Give the new version, such as 0.2.0.")
    changelog = ROOT / "CHANGELOG.md"
    text = changelog.read_text()
    if "## Unreleased\n" not in text:
        sys.exit("CHANGELOG.md has no heading Unreleased; write down what is new first.")
    (ROOT / "VERSION").write_text(f"{version}\n")
    for file in ROOT.glob("packages/*/pyproject.toml"):
        file.write_text(PIN.sub(rf'"\1=={version}"', file.read_text()))
    today = datetime.now(UTC).date()
    heading = f"## Unreleased\n\n## {version} ({today})\n"
    changelog.write_text(text.replace("## Unreleased\n", heading, 1))
    print(f"This is {version} now. Environments made before have the old one: hatch env prune")


if __name__ == "__main__":
    main()
