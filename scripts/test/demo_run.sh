#!/usr/bin/env bash
# The demo as a person runs it, twice at once. Needs the build, so test.sh runs it after Maven.
set -euo pipefail

# shellcheck source=harness.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/harness.sh"

runs_twice_at_once_and_leaves_nothing() {
    local first each status=0
    export TMPDIR="$PWD"
    "$scripts/demo.sh" </dev/null >first.out 2>&1 &
    first=$!
    "$scripts/demo.sh" </dev/null >second.out 2>&1 || status=$?
    wait "$first" || status=$?
    ((status == 0)) || fail "exit code $status; $(tail -n 20 first.out second.out)"
    for each in first.out second.out; do
        grep -q '^DeleteVm  *200' "$each" || fail "no table of calls in $each"
    done
    [[ -z $(compgen -G "$PWD/vmcp-demo.*") ]] || fail "left behind: $(ls)"
}

runs_on() {
    needs_vmm "$1"
    export TMPDIR="$PWD"
    expect_exit 0 "$scripts/demo.sh" --backend "$1"
    expect_output "\"backend\":\"$1\""
    grep -q '^DeleteVm  *200' output || fail "no table of calls"
    grep -qE '^(The guest is the small Linux|KVM of this host is unfit for Linux)' output || fail "no word of the guest"
    [[ -z $(compgen -G "$PWD/vmcp-demo.*") ]] || fail "left behind: $(ls)"
}

# interrupted_demo_leaves_nothing STEP: ends the demo as soon as it has come to a step.
interrupted_demo_leaves_nothing() {
    local demo status=0 left
    export TMPDIR="$PWD"
    "$scripts/demo.sh" </dev/null >demo.out 2>&1 &
    demo=$!
    timeout 120 bash -c "until grep -q '^== $1' demo.out; do sleep 0.1; done" || fail "never came to $1: $(tail demo.out)"
    kill -TERM "$demo"
    wait "$demo" || status=$?
    ((status == 143)) || fail "exit code $status: $(tail demo.out)"
    [[ -z $(compgen -G "$PWD/vmcp-demo.*") ]] || fail "left behind: $(ls)"
    left=$(grep -lsF -f <(printf '%s\n' "$PWD/vmcp-demo") /proc/[0-9]*/cmdline || true)
    [[ -z $left ]] || fail "processes left: $left"
}

check "the demo runs twice at once and leaves nothing" runs_twice_at_once_and_leaves_nothing
check "the demo runs on cloudhypervisor and leaves nothing" runs_on cloudhypervisor
check "the demo runs on firecracker and leaves nothing" runs_on firecracker
check "a demo stopped while the VM runs leaves nothing" interrupted_demo_leaves_nothing PauseVm
check "a demo stopped while there is no daemon leaves nothing" interrupted_demo_leaves_nothing "kill -9"
finish
