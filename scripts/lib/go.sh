# shellcheck shell=bash
# Go: is there one, and the programs of this module.

[[ -n ${VMCP_GO_SOURCED:-} ]] && return 0
VMCP_GO_SOURCED=1

go_minimum() { sed -n 's/^go //p' "$VMCP_ROOT/go.mod"; }

# In the module's directory, where an older Go fetches the one that go.mod asks for, if it may.
go_version() { (cd -- "$VMCP_ROOT" && go env GOVERSION 2>/dev/null) | sed -n 's/^go\([0-9.]*\).*/\1/p'; }

go_usable() { have go && version_at_least "$(go_minimum)" "$(go_version)"; }

require_go() {
    go_usable || die "Go $(go_minimum) or newer is needed; found '$(have go && go version || echo none)'"
}

# go_build DIRECTORY PACKAGE...: puts the programs of the packages, or of `tool`, into a directory.
# Without the version control's stamp, which fails in checkouts of some other user.
go_build() {
    local directory=$1
    shift
    mkdir -p -- "$directory"
    (cd -- "$VMCP_ROOT" && GOBIN="$directory" go install -buildvcs=false "$@")
}
