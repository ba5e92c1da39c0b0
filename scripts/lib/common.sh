# shellcheck shell=bash disable=SC2034
# What every script here shares: messages, progress of long steps, paths, temp directories.
#
# Everything for people goes to stderr, so that stdout stays free for what a caller reads
# (the paths printed by guest.sh, the URL printed by the daemon).

[[ -n ${VMCP_COMMON_SOURCED:-} ]] && return 0
VMCP_COMMON_SOURCED=1

VMCP_ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
readonly VMCP_ROOT

# HOME is not set under every CI runner and service manager.
VMCP_CACHE="${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/vmm-controlplane"

BOLD='' DIM='' RED='' GREEN='' RESET=''
if [[ -t 1 && -t 2 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
    BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' GREEN=$'\e[32m' RESET=$'\e[0m'
fi

say() { printf '%s\n' "$*" >&2; }
note() { printf '%s  %s%s\n' "$DIM" "$*" "$RESET" >&2; }
warn() { printf '%swarning:%s %s\n' "$BOLD" "$RESET" "$*" >&2; }

die() {
    printf '%serror:%s %s\n' "$RED" "$RESET" "$*" >&2
    exit 1
}

# A wrong command line is told apart from a failed run by its exit code.
usage_error() {
    printf '%serror:%s %s (see --help)\n' "$RED" "$RESET" "$*" >&2
    exit 2
}

# on_exit COMMAND: runs it when this very shell ends, with the exit code in EXIT_STATUS. A background job that is killed before it has
# put its parent's traps aside would run them too, hence the look at who is ending.
on_exit() {
    # shellcheck disable=SC2064 # the process and the names in COMMAND, as they are now
    trap "EXIT_STATUS=\$?; [[ \$BASHPID != $BASHPID ]] || { $1; }" EXIT
}

# A script that is told to end does so with the code of the signal, and by way of on_exit. Bash 5.2 may run
# a trap while it parses a command substitution, and then takes the trap's text for a part of that: it is
# only good with the closing parenthesis. Elsewhere the shell has ended before it comes to that line.
exit_on_signals() {
    local signal words
    for signal in HUP INT TERM; do
        printf -v words 'exit %d\n)' "$((128 + $(kill -l "$signal")))"
        # shellcheck disable=SC2064 # the code, as it is now
        trap "$words" "$signal"
    done
}

have() { command -v -- "$1" >/dev/null 2>&1; }

now_ms() {
    local seconds fraction
    IFS=. read -r seconds fraction <<<"${EPOCHREALTIME/,/.}"
    printf '%d\n' "$((seconds * 1000 + 10#${fraction:0:3}))"
}

# Prints every few seconds that a step is still at work, until it is killed or its script ends.
# It waits on a pipe nobody writes to, not in a sleep process that would outlive it.
tick_progress() {
    local label=$1 seconds=0 quiet
    exec {quiet}<> <(:)
    while kill -0 "$$" 2>/dev/null; do
        read -r -t 1 -u "$quiet" _ || true
        seconds=$((seconds + 1))
        ((seconds % (seconds < 30 ? 5 : 15) > 0)) || note "... $label, $seconds s"
    done
}

# run_step LABEL LOG COMMAND...: runs a long command with its output in LOG and shows progress.
# On failure it says which step, shows the end of the log and where it is, and returns the status.
# A COMMAND that is a function of ours chains its parts with &&: the shell does not stop in there.
run_step() {
    local label=$1 log=$2 status=0 started ticker
    shift 2
    say "${BOLD}==>${RESET} $label"
    started=$(now_ms)
    tick_progress "$label" &
    ticker=$!
    "$@" >>"$log" 2>&1 </dev/null || status=$?
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    if ((status != 0)); then
        say "${RED}failed:${RESET} $label (exit code $status); the end of $log:"
        tail -n 25 -- "$log" | sed 's/^/    /' >&2
        return "$status"
    fi
    note "done in $(format_ms $(($(now_ms) - started)))"
}

format_ms() { printf '%d.%01d s' "$(($1 / 1000))" "$(($1 % 1000 / 100))"; }

# The logs of set-up steps are kept: a later question about them should find an answer.
setup_log() {
    mkdir -p -- "$VMCP_CACHE/logs"
    printf '%s\n' "$VMCP_CACHE/logs/$1.log"
}

# with_lock DIRECTORY COMMAND...: one at a time among all processes that name the same directory.
# The lock is the open descriptor, so it goes with its holder however that ends and leaves no file.
# Call it as a plain statement: behind `||` or `if` the shell would not stop at the first failure.
with_lock() {
    local directory=$1 fd
    shift
    mkdir -p -- "$directory"
    exec {fd}<"$directory"
    if ! flock -n "$fd"; then
        note "waiting for another process that is at work in $directory"
        flock -w 1800 "$fd" || die "$directory has been locked for 30 minutes"
    fi
    "$@"
    exec {fd}>&-
}
