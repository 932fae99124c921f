#!/usr/bin/env bash
# Restart campaign: planned restarts one after the other under 20 fronts that make about 200 calls a second. At the end everything that was
# acknowledged must be there exactly once, every restart must have been answered by the new process, and the history must agree. Prints the pause
# that clients saw (p50, p99, max), what the server said about it, its ratio to a cold start measured beside it, and where the time went.
#
#   tests/restart-campaign.sh [restarts=200] [fronts=20]     the published programs, if artifacts/publish holds them
set -euo pipefail
cd "$(dirname "$0")/.."
export RESTARTS=${1:-200} RESTART_FRONTS=${2:-20}
dotnet test tests/EndToEnd --filter Category=RestartCampaign --logger "console;verbosity=detailed" | grep --line-buffered -vE '^\[xUnit|^ *$'
