#!/usr/bin/env bash
# Makes the Go code of the API under gen/ from vm.proto, as it is committed for Go clients.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=lib/setup.sh
source "$here/lib/setup.sh"
# shellcheck source=lib/go.sh
source "$here/lib/go.sh"

readonly TOOLS="$VMCP_ROOT/target/tools"

usage() {
    cat <<'USAGE'
usage: scripts/generate.sh [--check]

Makes gen/ anew from api/src/main/proto: messages with protoc-gen-go, client and handlers with
protoc-gen-connect-go. The versions are those of go.mod and, for protoc, of pom.xml; the tools are
built and kept in target/tools. Needs Go, Maven and a JDK.

  --check   change nothing; fail when gen/ is not what the tools make
  --help    this text
USAGE
}

protoc_version() { sed -n 's/.*<protobuf.version>\(.*\)<.*/\1/p' "$VMCP_ROOT/pom.xml"; }

protoc_classifier() {
    case "$(uname -m)" in
        x86_64) printf 'linux-x86_64\n' ;;
        aarch64) printf 'linux-aarch_64\n' ;;
        *) die "there is no protoc for $(uname -m) in Maven Central" ;;
    esac
}

# The compiler that the Java build uses too, so it is mostly in Maven's local repository already.
fetch_protoc() {
    local version classifier
    version=$(protoc_version) classifier=$(protoc_classifier)
    PROTOC="$TOOLS/protoc-$version-$classifier.exe"
    [[ ! -x $PROTOC ]] || return 0
    require_jdk
    require_maven
    run_step "fetching protoc $version" "$(setup_log protoc)" maven -q -N dependency:copy \
        -Dartifact="com.google.protobuf:protoc:$version:exe:$classifier" -DoutputDirectory="$TOOLS" ||
        die "protoc $version cannot be had from Maven"
    chmod u+x -- "$PROTOC"
}

# generate DIRECTORY: puts the code below it, where the import paths say.
generate() {
    (cd -- "$VMCP_ROOT/api/src/main/proto" && find . -name '*.proto' -printf '%P\0' | LC_ALL=C sort -z |
        xargs -0 env PATH="$TOOLS:$PATH" "$PROTOC" \
            --go_out="$1" --go_opt=module=vmm-controlplane \
            --connect-go_out="$1" --connect-go_opt=module=vmm-controlplane)
}

main() {
    local check=$1
    require_go
    mkdir -p -- "$TOOLS"
    fetch_protoc
    go_build "$TOOLS" tool
    work=$(mktemp -d -- "$VMCP_ROOT/target/gen.XXXXXX")
    on_exit "rm -rf -- '$work'"
    generate "$work"
    if [[ $check == yes ]]; then
        diff -r -- "$VMCP_ROOT/gen" "$work/gen" || die "gen/ is not what vm.proto says; run scripts/generate.sh"
    else
        rm -rf -- "$VMCP_ROOT/gen"
        mv -- "$work/gen" "$VMCP_ROOT/gen"
    fi
}

case ${1:-} in
    '') main no ;;
    --check) main yes ;;
    --help | -h) usage ;;
    *) usage_error "unknown argument: $1" ;;
esac
