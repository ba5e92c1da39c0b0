#!/usr/bin/env bash
# Runs the official Connect conformance suite against the engine in connect/.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=lib/setup.sh
source "$here/lib/setup.sh"
# shellcheck source=lib/go.sh
source "$here/lib/go.sh"
# shellcheck source=lib/conformance.sh
source "$here/lib/conformance.sh"

usage() {
    cat <<'USAGE'
usage: scripts/conformance.sh [option of the runner...]

Builds the suite's runner (with Go, into ~/.cache/vmm-controlplane) and a server for it, then runs all
cases of conformance/suite.yaml. The last lines are the runner's totals; exit code 0 only when every
case passed. Options go to the runner, these for example:
  --run PATTERN   only cases whose name matches; * is one part of a name, ** any number
  --trace         show the HTTP exchange of each failed case
  -v              show the number of cases of each server
USAGE
}

run_suite() {
    "$CONFORMANCE_RUNNER" --mode server --conf "$CONFORMANCE_HOME/suite.yaml" "$@" \
        -- "$here/test/conformance_server.sh" "$CONFORMANCE_PORT"
}

# run_all LOG [option...]: where nothing failed but cases with a deadline, those are repeated alone. Their
# client and the server have the same deadline: where a busy machine lets both see it at once, the
# client takes the headers of the server's answer and then drops its body by its own clock.
run_all() {
    local log=$1 status=0 late=()
    shift
    run_suite "$@" | tee "$log" || status=$?
    [[ $status -ne 0 ]] || return 0
    mapfile -t late < <(sed -n 's/^FAILED: \(.*\):$/\1/p' "$log")
    only_deadlines "${late[@]}" || return "$status"
    note "${#late[@]} cases with a deadline are repeated, one at a time"
    run_suite --max-servers 1 --parallel 1 "${late[@]/#/--run=}"
}

only_deadlines() {
    [[ $# -gt 0 ]] && ! printf '%s\n' "$@" | grep -qv '^Timeouts/'
}

# A JVM that is still loading classes would look like a server too slow for the cases with deadlines.
# Whatever fails here fails again where it counts.
warm_up() {
    run_suite --run 'Basic/*/*/*/Compression:COMPRESSION_GZIP/TLS:true/**' >/dev/null 2>&1 || true
}

main() {
    local log="$CONFORMANCE_HOME/target/host.log" status=0
    require_go
    require_jdk
    require_maven
    build_conformance_runner
    build_conformance_host
    on_exit stop_conformance_host
    start_conformance_host "$log"
    warm_up
    run_all "$CONFORMANCE_HOME/target/suite.log" --max-servers 2 "$@" || status=$?
    [[ ! -s $log ]] || note "the server's log is $log"
    return "$status"
}

case ${1:-} in
    --help | -h) usage ;;
    *) main "$@" ;;
esac
