#!/usr/bin/env bash
# Kill campaign: eight clients write at once while each backend is killed (kill -9) 0.3 to 2 s after it came. At the end everything that
# was acknowledged must be there exactly once, the index must agree with the tasks, and the journal must have no gap. Prints the seed, the
# changes acknowledged, the kills, the different backends, and how long clients waited. Beside it: one kill at each of 25 moments, 0 to 40 ms
# after 20 calls were sent at once.
#
#   tests/campaign.sh [seconds=60]       the published programs, if artifacts/publish holds them; up to 60 s also the built ones
#   CAMPAIGN_SEED=n tests/campaign.sh    kills at the moments of an earlier run
set -euo pipefail
cd "$(dirname "$0")/.."
export CAMPAIGN_SECONDS=${1:-60}
dotnet test tests/EndToEnd --filter Category=Campaign --logger "console;verbosity=detailed" | grep --line-buffered -vE '^\[xUnit|^ *$'
