#!/usr/bin/env bash
# Restart campaigns, the published programs if artifacts/publish holds them. At the end of each, everything that was acknowledged must be there exactly
# once.
#
#   tests/restart-campaign.sh [restarts=200] [fronts=20]     planned restarts one after the other under fronts that make about 200 calls a second; every
#                                                            restart must have been answered by the new process. Prints the pause that clients saw (p50,
#                                                            p99, max), its ratio to a cold start measured beside it, and where the time went.
#                                                            RESTART_TASKS=100000 stores so many tasks before
#   tests/restart-campaign.sh upgrades [rounds=100] [fronts=20]   to a version with another schema and back. Needs tests/versions.sh
#   tests/restart-campaign.sh faults                         a process killed or frozen at each point of a restart: either one, both, or the front that
#                                                            asked, with one of them
set -euo pipefail
cd "$(dirname "$0")/.."
export ORCHESTRATOR_RESTART_LIMIT=${ORCHESTRATOR_RESTART_LIMIT:-1000}
case "${1:-200}" in
  upgrades) export UPGRADES=${2:-100} RESTART_FRONTS=${3:-20}; category=UpgradeCampaign ;;
  faults) export RESTART_FAULTS=all; category=RestartFaults ;;
  *) export RESTARTS=${1:-200} RESTART_FRONTS=${2:-20}; category=RestartCampaign ;;
esac
dotnet test tests/EndToEnd --filter "Category=$category" --logger "console;verbosity=detailed" | grep --line-buffered -vE '^\[xUnit|^ *$'
