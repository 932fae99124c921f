#!/usr/bin/env bash
# Builds two other versions of the product for the tests of upgrades, from patched copies of the sources, so that nothing in the product is there
# for its tests only:
#   artifacts/versions/same   0.2.0 with today's schema
#   artifacts/versions/next   0.3.0 with one more column, and so with another number of the schema
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build() {
  dotnet build "$work/src/Host" -c Release -p:Version="$2" -p:RunAnalyzers=false -o "artifacts/versions/$1" -v quiet --nologo
}

mkdir -p artifacts/versions
git ls-files -z -- src hocon global.json Directory.Build.props Directory.Packages.props .editorconfig | xargs -0 cp --parents -t "$work"
build same 0.2.0
sed -i 's/SchemaVersion = \([0-9]*\);/SchemaVersion = 1000 + \1;/' "$work/src/Actors/Migrations/OrchestratorDatabase.cs"
sed -i 's/holder TEXT NOT NULL, taken_at/holder TEXT NOT NULL, remark TEXT, taken_at/' "$work/src/Schema/Sqlite/Fencing.cs"
grep -q 'remark TEXT' "$work/src/Schema/Sqlite/Fencing.cs"
grep -q '1000 +' "$work/src/Actors/Migrations/OrchestratorDatabase.cs"
build next 0.3.0
