#!/bin/sh
# Assembles the probe guest: build.sh OUT [assembler options, as --defsym SPEED_LIMIT=4000000000]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
shift
object=$(mktemp)
trap 'rm -f "$object"' EXIT
as --64 -I "$here" "$@" -o "$object" "$here/probe.S"
ld --oformat binary -Ttext=0x100000 -e 0x100000 -o "$out" "$object"
chmod 644 "$out"
