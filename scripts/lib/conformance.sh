# shellcheck shell=bash disable=SC2034
# The Connect conformance suite: its runner, its protos, and the host of the servers it tests.

[[ -n ${VMCP_CONFORMANCE_SOURCED:-} ]] && return 0
VMCP_CONFORMANCE_SOURCED=1

readonly CONFORMANCE_MODULE=connectrpc.com/conformance
readonly CONFORMANCE_VERSION=v1.0.5
readonly CONFORMANCE_RUNNER="$VMCP_CACHE/connectconformance-$CONFORMANCE_VERSION"
readonly CONFORMANCE_HOME="$VMCP_ROOT/conformance"

CONFORMANCE_HOST='' CONFORMANCE_PORT=''

# Prints the directory of the suite's protos, in Go's module cache.
conformance_protos() {
    local directory
    directory=$(cd -- "$VMCP_ROOT" && go mod download -json "$CONFORMANCE_MODULE@$CONFORMANCE_VERSION" |
        sed -n 's/^[[:space:]]*"Dir": "\(.*\)",\{0,1\}$/\1/p')
    [[ -d $directory/proto ]] || die "Go cannot fetch $CONFORMANCE_MODULE@$CONFORMANCE_VERSION"
    printf '%s\n' "$directory/proto"
}

# The lock is the cache's: two at once make one runner.
build_conformance_runner() {
    [[ -x $CONFORMANCE_RUNNER ]] || with_lock "$VMCP_CACHE" build_conformance_runner_locked
}

build_conformance_runner_locked() {
    local bin="$VMCP_CACHE/.connectconformance"
    [[ ! -x $CONFORMANCE_RUNNER ]] || return 0
    rm -rf -- "$bin"
    run_step "building the conformance suite's runner" "$(setup_log conformance)" \
        go_build "$bin" "$CONFORMANCE_MODULE/cmd/connectconformance@$CONFORMANCE_VERSION" ||
        die "the runner of the conformance suite cannot be built"
    mv -f -- "$bin/connectconformance" "$CONFORMANCE_RUNNER"
    rm -rf -- "$bin"
}

# With static analysis, as the module is in no other build; its tests are the suite.
build_conformance_host() {
    local protos log
    protos=$(conformance_protos)
    log=$(setup_log conformance-build)
    : >"$log"
    run_step "building the server for the conformance suite" "$log" \
        maven "-Dconformance.protos=$protos" -DskipTests -pl conformance -am verify ||
        die "the build failed; the whole log is $log"
}

# start_conformance_host LOG: sets CONFORMANCE_HOST and CONFORMANCE_PORT.
start_conformance_host() {
    local output
    exec {output}< <(exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED \
        --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -Xmx512m \
        -Dcom.linecorp.armeria.tlsEngineType=jdk -Dcom.linecorp.armeria.warnNettyVersions=false \
        -cp "$CONFORMANCE_HOME/target/lib/*" com.unkey.vmcp.conformance.Main 2>"$1" </dev/null)
    CONFORMANCE_HOST=$!
    read -r -t 60 CONFORMANCE_PORT <&"$output" ||
        die "the server for the conformance suite does not start: $(tail -n 5 -- "$1")"
    exec {output}<&-
}

stop_conformance_host() {
    [[ -z $CONFORMANCE_HOST ]] || kill "$CONFORMANCE_HOST" 2>/dev/null || true
    CONFORMANCE_HOST=''
}
