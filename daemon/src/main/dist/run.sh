#!/usr/bin/env bash
# Starts the packaged daemon beside this file: run.sh JAVA [JVM-OPTION...] -- [ARGUMENT...]
# The class path is spelled out in a fixed order, as the start-up cache is good for one order only.
set -euo pipefail

dist=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
java=$1
shift
options=()
while (($# > 0)) && [[ $1 != -- ]]; do
    options+=("$1")
    shift
done
shift || true

# The order must not depend on the caller's locale.
mapfile -t jars < <(LC_ALL=C && printf '%s\n' "$dist"/lib/*.jar)
class_path=$(IFS=: && printf '%s' "${jars[*]}")
cache=()
# A cache that no longer fits is passed over by the JVM; that is worth no word to the operator.
[[ ! -e $dist/start.aot ]] || cache=("-XX:AOTCache=$dist/start.aot" -Xlog:aot=off -Xlog:cds=off)

exec "$java" "@$dist/jvm.options" "${cache[@]}" "${options[@]}" \
    -cp "$class_path" com.unkey.vmcp.daemon.Main "$@"
