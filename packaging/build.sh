#!/usr/bin/env bash
# Builds what is given to users, into artifacts/packages:
#   orchestrator-VERSION-linux-x64.tar.gz   needs no .NET; its folder carries the version, so that versions lie side by side
#   orchestrator-VERSION-linux-x64.mcpb     the same as a bundle
#   Orchestrator.Mcp.VERSION.nupkg          a .NET tool; McpServerName=io.github.OWNER/orchestrator sets its name in the MCP registry
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

rid=linux-x64
version=$(dotnet msbuild src/Host -getProperty:Version)
name="orchestrator-$version-$rid"
out=artifacts/packages
rm -rf "$out"
mkdir -p "$out"

dotnet publish src/Front -c Release -r "$rid" -o "$out/$name"
dotnet publish src/Host -c Release -r "$rid" -o "$out/$name"
git diff --exit-code -- '*packages.lock.json'
cp LICENSE "$out/$name"
tar -C "$out" --sort=name --owner=0 --group=0 -czf "$out/$name.tar.gz" "$name"

bundle=$(mktemp -d)
trap 'rm -rf "$bundle"' EXIT
cp -r "$out/$name" "$bundle/server"
sed "s/{version}/$version/" packaging/manifest.json > "$bundle/manifest.json"
(cd "$bundle" && zip -qrX - manifest.json server) > "$out/$name.mcpb"

# One package for all systems: without their names, which would make it a pointer to packages of their own; and so with a lock file of its own.
dotnet pack src/Host -c Release -p:PackTool=true -p:RuntimeIdentifiers= -p:NuGetLockFilePath=obj/tool.lock.json -o "$out"
git diff --exit-code -- '*packages.lock.json'
(cd "$out" && sha256sum ./*.tar.gz ./*.mcpb ./*.nupkg > SHA256SUMS)
ls -l "$out"
