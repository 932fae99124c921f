#!/usr/bin/env bash
# Every moment of an upgrade at which a process can be killed or a disk can fail, instead of a sample of them. Takes about ten minutes on two processors,
# with the published programs if artifacts/publish holds them.
set -euo pipefail
cd "$(dirname "$0")/.."
export ORCHESTRATOR_MIGRATION_CAMPAIGN=all
dotnet test tests/EndToEnd --filter "FullyQualifiedName~MigrationFaultSpecs" "$@"
