#!/usr/bin/env bash
# The launcher in a checkout of its own, with a JDK and a Maven that only say how they were called.
set -euo pipefail

# shellcheck source=harness.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/harness.sh"

program() {
    mkdir -p "$(dirname "$1")"
    cat >"$1"
    chmod +x "$1"
}

# A checkout with a JDK; Maven "builds" a jar and leaves a line for each time it was called.
make_checkout() {
    mkdir -p checkout/scripts package
    cp "${scripts%/scripts}/vmm-controlplane" checkout/
    cp -r "$scripts/lib" checkout/scripts/
    cp "${scripts%/scripts}"/daemon/src/main/dist/* package/
    printf '#!/bin/sh\nprintf "%%s\\n" "$@"\n' | program jdk/bin/java
    printf '#!/bin/sh\n' | program jdk/bin/javac
    echo 'JAVA_VERSION="25.0.1"' >jdk/release
    program bin/mvn <<'MAVEN'
#!/bin/sh
[ "$1" = -v ] && { echo "Apache Maven 3.9.9 (x)"; exit; }
echo "$@" >>../built
mkdir -p daemon/target/dist/lib
cp ../package/* daemon/target/dist/
sleep 0.2
[ -e ../maven-fails ] && { echo "cannot find symbol"; exit 1; }
touch daemon/target/dist/lib/daemon.jar
MAVEN
}

launch() { env JAVA_HOME="$PWD/jdk" PATH="$PWD/bin:$PATH" XDG_CACHE_HOME="$PWD/cache" "$@"; }

builds_first_and_then_not_again() {
    make_checkout
    expect_exit 0 launch checkout/vmm-controlplane -version
    expect_output "building the daemon"
    expect_exit 0 launch checkout/vmm-controlplane -version
    [[ $(wc -l <built) == 1 ]] || fail "built $(wc -l <built) times"
}

builds_once_for_four_at_once() {
    local each
    make_checkout
    for each in 1 2 3 4; do
        launch checkout/vmm-controlplane -version &
    done
    for each in 1 2 3 4; do
        wait -n
    done
    [[ $(wc -l <built) == 1 ]] || fail "built $(wc -l <built) times"
}

passes_arguments_and_options() {
    make_checkout
    VMCP_JAVA_OPTS='-Xmx99m -Dsome=thing' expect_exit 0 launch checkout/vmm-controlplane -socket '/a path' -help
    printf '%s\n' -Xmx99m -Dsome=thing -cp "$PWD/checkout/daemon/target/dist/lib/daemon.jar" \
        com.unkey.vmcp.daemon.Main -socket '/a path' -help >expected
    tail -n 8 output | cmp - expected
}

works_through_a_link_from_elsewhere() {
    make_checkout
    mkdir elsewhere
    ln -s ../checkout/vmm-controlplane elsewhere/vmcp
    expect_exit 0 launch elsewhere/vmcp -version
    expect_output com.unkey.vmcp.daemon.Main
}

says_why_a_build_failed_and_tries_again() {
    make_checkout
    touch maven-fails
    expect_exit 1 launch checkout/vmm-controlplane
    expect_output "cannot find symbol"
    expect_output "the whole log is $PWD/checkout/daemon/target/build.log"
    rm maven-fails
    expect_exit 0 launch checkout/vmm-controlplane
}

says_what_to_run_without_a_jdk() {
    make_checkout
    rm jdk/bin/javac
    mkdir none
    expect_exit 1 launch env VMCP_JVM_DIR="$PWD/none" PATH="$PWD/bin:$(path_without_java)" checkout/vmm-controlplane
    expect_output "run $PWD/checkout/scripts/setup.sh"
}

# /usr/bin may hold a java, so the few programs that are needed get a directory of their own.
path_without_java() {
    local each
    mkdir -p programs
    for each in bash env dirname readlink sed head sort cat; do
        ln -sf "$(type -P "$each")" "programs/$each"
    done
    printf '%s\n' "$PWD/programs"
}

says_what_to_run_without_build_and_maven() {
    make_checkout
    program bin/mvn <<<'#!/bin/sh
echo "Apache Maven 3.6.3 (old)"'
    expect_exit 1 launch checkout/vmm-controlplane
    expect_output "no Maven 3.8"
    expect_output "run $PWD/checkout/scripts/setup.sh"
}

# A build is current until a source or a pom changes; tests and what Maven made do not count.
sees_changed_sources() {
    make_checkout
    mkdir -p checkout/core/src/main/java checkout/core/src/test/java
    launch checkout/vmm-controlplane -version
    is_current || fail "not current after the build"
    touch -d '1 minute' checkout/core/src/test/java/XTest.java checkout/core/target
    is_current || fail "a test made it stale"
    touch -d '1 minute' checkout/core/src/main/java/X.java
    ! is_current || fail "a changed source went unseen"
}

is_current() { bash -c 'source checkout/scripts/lib/setup.sh; build_is_current'; }

check "the daemon is built first, and then not again" builds_first_and_then_not_again
check "four at once make one build" builds_once_for_four_at_once
check "arguments and options reach Java" passes_arguments_and_options
check "a link from elsewhere works" works_through_a_link_from_elsewhere
check "a failed build is explained and tried again" says_why_a_build_failed_and_tries_again
check "without a JDK it says what to run" says_what_to_run_without_a_jdk
check "without build and Maven it says what to run" says_what_to_run_without_build_and_maven
check "a changed source makes the build stale" sees_changed_sources
finish
