#!/usr/bin/env bash
# One server of a conformance run, as the suite's runner starts it: conformance_server.sh PORT.
# Stands for a server inside the host at PORT: hands it the configuration, prints the answer, and
# holds the connection, which that server lives by, until the runner's SIGTERM.
set -euo pipefail

exec 3<>"/dev/tcp/127.0.0.1/$1"
cat >&3
exec cat <&3
