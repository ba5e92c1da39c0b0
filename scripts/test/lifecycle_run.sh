#!/usr/bin/env bash
# A VM's life by curl, for each backend that this build has. Needs the build, so test.sh runs it after
# Maven.
set -euo pipefail

# shellcheck source=harness.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/harness.sh"

lives_on() {
    export TMPDIR="$PWD"
    expect_exit 0 "$scripts/test-vm-lifecycle.sh" --backend "$1"
    expect_output "10 checks, 0 failed"
    [[ -z $(compgen -G "$PWD/vmcp-life.*") ]] || fail "left behind: $(ls)"
}

refuses_a_backend_that_is_not_there() {
    export TMPDIR="$PWD"
    expect_exit 1 "$scripts/test-vm-lifecycle.sh" --backend no-such-backend
    expect_output "unsupported backend type: no-such-backend"
    [[ -z $(compgen -G "$PWD/vmcp-life.*") ]] || fail "left behind: $(ls)"
}

check "a VM lives its life on qemu" lives_on qemu
check "a backend that is not there is refused in the daemon's words" refuses_a_backend_that_is_not_there
finish
