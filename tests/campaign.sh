#!/usr/bin/env bash
# Kill campaigns. At the end of each, everything that was acknowledged must be there exactly once, the index must agree with the tasks, and the
# journal must have no gap. Prints the seed, the changes acknowledged, the kills, the backends started, and how long clients waited.
#
#   tests/campaign.sh [seconds=60]       eight raw clients write at once while each backend is killed (kill -9) 0.3 to 2 s after it came; beside it
#                                        one kill at each of 25 moments, 0 to 40 ms after 20 calls were sent at once. The published programs, if
#                                        artifacts/publish holds them; up to 60 s also the built ones
#   tests/campaign.sh kills [kills=1000] twenty clients of the TypeScript SDKs and the Inspector's mcpdo at 200 calls a second: reads, writes, slow
#                                        calls with progress, questions, subscriptions. Pauses are divided by a backend's own cold start,
#                                        measured beside it. Needs the published programs and 'npm ci --prefix tests/clients'
#   tests/campaign.sh standby [kills=1000] as soon as a process stands by, the backend is killed; two stores for each processor, 20 fronts and about
#                                        200 calls a second in all. Needs the published programs; ten kills a minute on two processors
#   tests/campaign.sh faults             a fault (kill, torn write, failing sync, full disk) at every call by which a backend changes a file,
#                                        from its start over one write to its end. Needs gcc
#   CAMPAIGN_SEED=n tests/campaign.sh    kills at the moments of an earlier run
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-60}" in
  kills) export CAMPAIGN_KILLS=${2:-1000}; category=Kills ;;
  standby) export STANDBY_KILLS=${2:-1000}; category=StandbyKills ;;
  faults) export FAULT_POINTS=all; category=Faults ;;
  *) export CAMPAIGN_SECONDS=${1:-60}; category=Campaign ;;
esac
dotnet test tests/EndToEnd --filter "Category=$category" --logger "console;verbosity=detailed" | grep --line-buffered -vE '^\[xUnit|^ *$'
