# shellcheck shell=bash
# A few lines to test shell with. A test file sources this, defines functions, and calls
#   check "what should be true" function arguments...
# Each check runs in a subshell with a new directory as its current one and prints one line,
# "ok", "not ok" or "skip" with the reason, which test.sh counts.

scripts=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
export scripts

readonly SKIPPED=77

check() {
    local name=$1 directory status=0
    shift
    directory=$(mktemp -d)
    # Not behind `if` or `||`: there the subshell would run on after its first failure.
    set +e
    (
        set -e
        cd -- "$directory"
        "$@"
    ) >"$directory/.output" 2>&1
    status=$?
    set -e
    case $status in
        0) printf 'ok - %s\n' "$name" ;;
        "$SKIPPED") printf 'skip - %s: %s\n' "$name" "$(tail -n 1 "$directory/.output")" ;;
        *)
            printf 'not ok - %s (exit code %d)\n' "$name" "$status"
            sed 's/^/    /' "$directory/.output"
            failures=$((${failures:-0} + 1))
            ;;
    esac
    rm -rf -- "$directory"
}

skip() {
    printf '%s\n' "$*"
    exit "$SKIPPED"
}

# needs_vmm BACKEND: the reason begins with words that test.sh looks for.
needs_vmm() {
    bash -euo pipefail -c "source '$scripts/lib/common.sh'; source '$scripts/lib/backend.sh'
        ! needs_own_vmm '$1' || vmm_binary '$1' >/dev/null" || skip "needs VMM binary of $1"
}

fail() {
    printf 'failed: %s\n' "$*"
    exit 1
}

# A test file ends with this, so that it also fails when run alone.
finish() { ((${failures:-0} == 0)); }

# expect_exit CODE COMMAND...: the output goes to the file `output`.
expect_exit() {
    local expected=$1 status=0
    shift
    "$@" >output 2>&1 || status=$?
    cat output
    ((status == expected)) || fail "exit code $status instead of $expected: $*"
}

expect_output() { grep -qF -- "$1" output || fail "no '$1' in the output"; }
