#!/usr/bin/env bash
# The benchmark, too short to measure anything. Needs the build, so test.sh runs it after Maven.
set -euo pipefail

# shellcheck source=harness.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/harness.sh"

needs_go() {
    bash -euo pipefail -c "source '$scripts/lib/setup.sh'; source '$scripts/lib/go.sh'; go_usable" ||
        skip "needs Go as new as go.mod says"
}

prints_a_table_and_leaves_nothing() {
    local protocol left
    needs_go
    export TMPDIR="$PWD"
    expect_exit 0 "$scripts/bench.sh" rpc --time 0.3 --rounds 1 --warm-up 0.2
    for protocol in "Connect binary, h2c" "Connect JSON, HTTP/1.1" "gRPC, h2c"; do
        [[ $(grep -c "^$protocol  *[0-9]* |" output) == 3 ]] || fail "not three lines of $protocol"
    done
    expect_output "CPUs ("
    [[ -z $(compgen -G "$PWD/vmcp-bench.*") ]] || fail "left behind: $(ls)"
    left=$(grep -lsF -f <(printf '%s\n' "$PWD/vmcp-bench") /proc/[0-9]*/cmdline || true)
    [[ -z $left ]] || fail "processes left: $left"
}

check "the benchmark prints a table and leaves nothing" prints_a_table_and_leaves_nothing
finish
