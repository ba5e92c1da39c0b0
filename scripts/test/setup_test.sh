#!/usr/bin/env bash
# Finding a JDK, and fetching one from a server of our own that plays Temurin's.
set -euo pipefail

# shellcheck source=harness.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/harness.sh"

# A JDK as far as the scripts look at one.
fake_jdk() {
    local home=$1 version=$2
    mkdir -p "$home/bin"
    printf '#!/bin/sh\necho "javac %s"\n' "$version" | tee "$home/bin/javac" >"$home/bin/java"
    chmod +x "$home/bin/javac" "$home/bin/java"
    printf 'JAVA_VERSION="%s"\n' "$version" >"$home/release"
}

# jdk_shell HOME-OF-PATH COMMAND: runs a command of lib/jdk.sh on a machine whose only JDKs are the
# ones that the test made: PATH has every program but Java's.
jdk_shell() {
    mkdir -p jvm cache "$PWD/bin"
    local program
    for program in bash cat cut curl dirname env flock grep head mkdir mktemp mv readlink rm sed \
        sha256sum sort tail tar tr uname gzip; do
        ln -sf "$(command -v "$program")" "bin/$program"
    done
    env -i PATH="$PWD/bin${EXTRA_PATH:+:$EXTRA_PATH}" HOME="$PWD" XDG_CACHE_HOME="$PWD/cache" \
        ${JAVA_HOME_FOR_TEST:+JAVA_HOME="$JAVA_HOME_FOR_TEST"} VMCP_JVM_DIR="$PWD/jvm" \
        VMCP_TEMURIN_API="${API:-http://127.0.0.1:1/none}" \
        bash -euo pipefail -c "source '$scripts/lib/setup.sh'; $1"
}

prefers_java_home() {
    fake_jdk home 26.0.1
    fake_jdk jvm/java-25 25.0.1
    [[ $(JAVA_HOME_FOR_TEST=$PWD/home jdk_shell find_jdk) == "$PWD/home" ]]
}

skips_an_old_java_home() {
    fake_jdk home 17.0.15
    fake_jdk jvm/java-25 25.0.1
    [[ $(JAVA_HOME_FOR_TEST=$PWD/home jdk_shell find_jdk) == "$PWD/jvm/java-25" ]]
}

finds_the_jdk_of_a_java_on_path() {
    fake_jdk opt/jdk 25
    mkdir links
    ln -s ../opt/jdk/bin/java links/java
    [[ $(EXTRA_PATH=$PWD/links jdk_shell find_jdk) == "$PWD/opt/jdk" ]]
}

does_without_a_release_file() {
    fake_jdk jvm/java-26 26.0.1
    rm jvm/java-26/release
    [[ $(jdk_shell find_jdk) == "$PWD/jvm/java-26" ]]
}

takes_no_runtime_without_a_compiler() {
    fake_jdk jvm/jre-25 25.0.1
    rm jvm/jre-25/bin/javac
    expect_exit 1 jdk_shell find_jdk
}

# serve_temurin SUFFIX: an archive and a catalogue that names it; sets API.
serve_temurin() {
    local sum port server
    fake_jdk jdk-25.0.9+1 25.0.9
    mkdir -p www/assets/latest/25
    tar -czf www/OpenJDK25U-jdk_test_25.0.9_1.tar.gz jdk-25.0.9+1
    sum=$(sha256sum <www/*.tar.gz)
    perl "$scripts/test/server.pl" "$PWD/www" >port &
    server=$!
    # shellcheck disable=SC2064 # this very process
    trap "kill $server || true" EXIT
    until port=$(grep . port); do read -r -t 0.02 <> <(:) || true; done
    API=http://127.0.0.1:$port
    catalogue "$API/OpenJDK25U-jdk_test_25.0.9_1.tar.gz${1:-}" "${sum%% *}"
}

# The parts of Temurin's answer that are read, and their like that are not.
catalogue() {
    cat >www/assets/latest/25/hotspot <<JSON
[
    {
        "binary": {
            "architecture": "x64",
            "image_type": "jdk",
            "package": {
                "checksum": "$2",
                "checksum_link": "$1.sha256.txt",
                "link": "$1",
                "name": "OpenJDK25U-jdk_test_25.0.9_1.tar.gz",
                "signature_link": "$1.sig",
                "size": 1
            }
        },
        "release_name": "jdk-25.0.9+1"
    }
]
JSON
}

unpacked() { printf '%s\n' "$PWD/cache/vmm-controlplane/jdk-OpenJDK25U-jdk_test_25.0.9_1"; }

# Nothing but the logs is left of a refused archive.
expect_nothing_unpacked() {
    local left
    left=$(find cache/vmm-controlplane -mindepth 1 -maxdepth 1 ! -name logs)
    [[ -z $left ]] || fail "left behind: $left"
}

fetches_an_archive() {
    serve_temurin
    # shellcheck disable=SC2016 # for the shell that is started
    [[ $(jdk_shell 'require_jdk; echo "$JAVA_HOME"') == "$(unpacked)" ]]
    [[ $("$(unpacked)/bin/javac" -version) == 'javac 25.0.9' ]]
    [[ -z $(find cache/vmm-controlplane -maxdepth 1 -name '.jdk*') ]]
}

uses_what_it_fetched_before() {
    serve_temurin
    jdk_shell require_jdk
    rm -rf www
    # shellcheck disable=SC2016 # for the shell that is started
    [[ $(jdk_shell 'require_jdk; echo "$JAVA_HOME"') == "$(unpacked)" ]]
}

fetches_once_for_two_at_once() {
    serve_temurin
    jdk_shell require_jdk &
    jdk_shell require_jdk
    wait "$!"
    [[ -x $(unpacked)/bin/javac ]]
}

refuses_a_wrong_checksum() {
    serve_temurin
    catalogue "$API/OpenJDK25U-jdk_test_25.0.9_1.tar.gz" "$(printf 'f%.0s' {1..64})"
    expect_exit 1 jdk_shell require_jdk
    expect_output "published is ffff"
    expect_nothing_unpacked
}

refuses_a_truncated_download() {
    serve_temurin .cut
    expect_exit 1 jdk_shell require_jdk
    expect_output "the JDK archive cannot be fetched"
    expect_nothing_unpacked
}

refuses_an_archive_that_is_too_old() {
    serve_temurin
    fake_jdk jdk-25.0.9+1 21.0.1
    tar -czf www/OpenJDK25U-jdk_test_25.0.9_1.tar.gz jdk-25.0.9+1
    catalogue "$API/OpenJDK25U-jdk_test_25.0.9_1.tar.gz" "$(sha256sum <www/*.tar.gz | cut -d ' ' -f 1)"
    expect_exit 1 jdk_shell require_jdk
    expect_output "holds no JDK 25"
    expect_nothing_unpacked
}

says_so_when_the_catalogue_is_missing() {
    serve_temurin
    rm -rf www/assets
    expect_exit 1 jdk_shell require_jdk
    expect_output "Temurin's catalogue cannot be read"
    expect_nothing_unpacked
}

# A server elsewhere could send any archive together with its checksum.
refuses_to_ask_without_tls() {
    API=http://192.0.2.1 expect_exit 1 jdk_shell require_jdk
    expect_output "cannot be read"
}

names_the_packages_when_it_cannot_install() {
    fake_jdk jvm/java-25 25.0.1
    mkdir links
    printf '#!/bin/sh\n' >links/apt-get
    chmod +x links/apt-get
    EXTRA_PATH=$PWD/links expect_exit 1 jdk_shell 'root_prefix() { return 1; }; ensure_sudo() { return 1; }; set_up_tools'
    expect_output "as root run: apt-get install maven qemu-system-x86"
}

check "JAVA_HOME comes first" prefers_java_home
check "a JAVA_HOME that is too old is passed over" skips_an_old_java_home
check "the JDK behind a java on PATH is found" finds_the_jdk_of_a_java_on_path
check "a JDK without release file is asked itself" does_without_a_release_file
check "a runtime without compiler is no JDK" takes_no_runtime_without_a_compiler
check "an archive is fetched, verified and unpacked" fetches_an_archive
check "an archive fetched before is used again" uses_what_it_fetched_before
check "two at once end with one whole JDK" fetches_once_for_two_at_once
check "a wrong checksum is refused and leaves nothing" refuses_a_wrong_checksum
check "a truncated download is refused and leaves nothing" refuses_a_truncated_download
check "an archive with an older JDK is refused" refuses_an_archive_that_is_too_old
check "a missing catalogue is reported" says_so_when_the_catalogue_is_missing
check "no archive is asked for without TLS" refuses_to_ask_without_tls
check "without root the missing packages are named" names_the_packages_when_it_cannot_install
finish
