#!/usr/bin/env bash
# Kill campaign: eight clients write at once while the backend is killed (kill -9) every 0.3 to 2 s. At the end everything that was
# acknowledged must be there exactly once, the index must agree with the tasks, and the journal must have no gap.
#
#   tests/campaign.sh [seconds=60]       on the published programs when artifacts/publish holds them, and up to 60 s on the built ones too
#   CAMPAIGN_SEED=n tests/campaign.sh    repeats the moments of an earlier run (its output names the seed)
set -euo pipefail
cd "$(dirname "$0")/.."
export CAMPAIGN_SECONDS=${1:-60}
dotnet test tests/EndToEnd --filter Category=Campaign --logger "console;verbosity=detailed" | grep -vE '^\[xUnit|^ *$'
