#!/usr/bin/env bash
# The golden files of connect/: connect-go, asked again, must still give the same answers.
set -euo pipefail

# shellcheck source=harness.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/harness.sh"

recorder=${scripts%/scripts}/connect/golden
recorded=${scripts%/scripts}/connect/src/test/resources/golden

# An older Go fetches the one that go.mod asks for, if it may.
needs_go() {
    command -v go >/dev/null || skip "needs Go"
    (cd -- "$recorder" && go version >/dev/null) || skip "needs Go as new as go.mod says"
}

answers_are_the_recorded_ones() {
    needs_go
    mkdir again
    (cd -- "$recorder" && go run -buildvcs=false . -to "$OLDPWD/again")
    diff -r -- "$recorded" again || fail "record them anew with 'go run .' in connect/golden, and look at what changed"
}

recorder_is_in_order() {
    needs_go
    cd -- "$recorder"
    [[ -z $(gofmt -l .) ]] || fail "not as gofmt would have it: $(gofmt -l .)"
    go vet -buildvcs=false ./...
}

check "connect-go answers as the golden files have it" answers_are_the_recorded_ones
check "the recorder is formatted, and go vet is content" recorder_is_in_order
finish
