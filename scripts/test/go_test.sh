#!/usr/bin/env bash
# The Go side: the committed code of the API, and the programs of this module.
set -euo pipefail

# shellcheck source=harness.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/harness.sh"

root=${scripts%/scripts}

needs_go() {
    bash -euo pipefail -c "source '$scripts/lib/setup.sh'; source '$scripts/lib/go.sh'; go_usable" ||
        skip "needs Go as new as go.mod says"
}

generated_code_is_current() {
    needs_go
    "$scripts/generate.sh" --check
}

go_in_module() { (cd -- "$root" && "$@"); }

go_files() { go_in_module git ls-files -co --exclude-standard -- '*.go'; }

code_is_formatted() {
    local bad
    needs_go
    bad=$(go_files | go_in_module xargs -d '\n' gofmt -l)
    [[ -z $bad ]] || fail "not as gofmt would have it: $bad"
}

check "the Go code of the API is what vm.proto says" generated_code_is_current
check "the Go code is formatted" code_is_formatted
check "go vet is content" eval 'needs_go; go_in_module go vet ./...'
check "the Go tests pass" eval 'needs_go; go_in_module go test -buildvcs=false ./...'
finish
