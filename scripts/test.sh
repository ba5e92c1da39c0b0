#!/usr/bin/env bash
# Runs every test: the scripts' own, the whole build, the demo, the benchmark, the conformance suite.
# Set-up included.
# The last line is the sum: N passed, N failed, N skipped.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=lib/setup.sh
source "$here/lib/setup.sh"
# shellcheck source=lib/report.sh
source "$here/lib/report.sh"

passed=0 failed=0 skipped=0

usage() {
    cat <<'USAGE'
usage: scripts/test.sh

Sets the machine up as setup.sh does, then runs the tests of the scripts, the whole Maven build with
its tests, the demo, the benchmark for a moment, and the Connect conformance suite. Exit code 0 only
when nothing failed. With CI=true a skipped test counts as failed, except where a VMM is needed that the
distribution has no package for.
USAGE
}

# Counts the lines of one test file of scripts/test as they pass by. A file that ends with an error
# but reported no failed check broke in between, which is a failure too.
run_shell_tests() {
    local file=$1 line failed_before=$failed
    say "${BOLD}==>${RESET} ${file##*/}"
    while IFS= read -r line; do
        [[ $line == 'ended with 0' ]] || say "  $line"
        case $line in
            'ok - '*) passed=$((passed + 1)) ;;
            'not ok - '*) failed=$((failed + 1)) ;;
            'skip - '*) count_shell_skip "$line" ;;
            'ended with '*)
                ((${line##* } == 0 || failed > failed_before)) || failed=$((failed + 1))
                ;;
        esac
    done < <("$file" </dev/null; printf 'ended with %d\n' "$?")
}

# A VMM that the distribution does not package is expected nowhere.
count_shell_skip() {
    if [[ ${CI:-} == true && $1 != *': needs VMM binary'* ]]; then
        say "  a skipped test is a failed one here"
        failed=$((failed + 1))
    else
        skipped=$((skipped + 1))
    fi
}

run_maven() {
    local stamp=$1 status=0 failed_before=$failed
    say "${BOLD}==>${RESET} mvn clean verify"
    # Clean, as a build without static analysis may be there. Maven ends with a colour code and no
    # newline, which would spoil our last line.
    maven -T 2 --fail-at-end clean verify </dev/null | sed -u 's/\x1b\[[0-9;]*m//g' || status=$?
    count_reports "$stamp"
    if ((status == 0)); then
        mark_build_finished "$stamp"
    elif ((failed == failed_before)); then
        say "the build failed outside its tests"
        failed=$((failed + 1))
    fi
}

count_reports() {
    local tests bad skips reasons unexpected=0
    read -r tests bad skips < <(report_counts "$1")
    if ((tests == 0)); then
        say "Maven ran no test, which counts as a failed one"
    fi
    reasons=$(unexpected_skips "$1")
    if [[ ${CI:-} == true && -n $reasons ]]; then
        say "skipped, which is not accepted here:" "$reasons"
        unexpected=$(wc -l <<<"$reasons")
    fi
    passed=$((passed + tests - bad - skips))
    failed=$((failed + bad + unexpected + (tests == 0)))
    skipped=$((skipped + skips - unexpected))
}

# The scripts are checked with shellcheck, which nobody needs to use them.
set_up_for_tests() {
    set_up_tools
    if root_prefix >/dev/null; then
        apt_need shellcheck shellcheck
    fi
    "$here/guest.sh" >/dev/null
}

main() {
    local stamp file
    set_up_for_tests
    stamp=$(mktemp)
    on_exit "rm -f -- '$stamp'"
    for file in "$here"/test/*_test.sh; do
        run_shell_tests "$file"
    done
    run_maven "$stamp"
    run_shell_tests "$here/test/demo_run.sh"
    run_shell_tests "$here/test/lifecycle_run.sh"
    run_shell_tests "$here/test/bench_run.sh"
    run_shell_tests "$here/test/conformance_run.sh"
    # Alone on its line, on stdout, and the last one: other programs read it.
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    ((failed == 0))
}

case ${1:-} in
    '') main ;;
    --help | -h) usage ;;
    *) usage_error "unknown argument: $1" ;;
esac
