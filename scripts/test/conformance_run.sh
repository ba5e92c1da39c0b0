#!/usr/bin/env bash
# The official Connect conformance suite against the engine. Slow, and builds with Maven, so test.sh
# runs it after the whole build.
set -euo pipefail

# shellcheck source=harness.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/harness.sh"

# Cases that the runner makes of conformance/suite.yaml: a change there must not lose any unseen.
readonly CASES=3620

needs_go() {
    bash -euo pipefail -c "source '$scripts/lib/setup.sh'; source '$scripts/lib/go.sh'; go_usable" ||
        skip "needs Go as new as go.mod says"
}

passes_whole() {
    needs_go
    expect_exit 0 "$scripts/conformance.sh"
    expect_output "Total cases: $CASES"
    if grep -qE 'could not be run|failed as expected' output; then
        fail "not all cases count"
    fi
}

check "all $CASES cases of the Connect conformance suite pass" passes_whole
finish
