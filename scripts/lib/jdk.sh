# shellcheck shell=bash
# Finds a JDK that is new enough or gets one: the distribution's package, else a Temurin archive.

[[ -n ${VMCP_JDK_SOURCED:-} ]] && return 0
VMCP_JDK_SOURCED=1

readonly JDK_MINIMUM=25

# Where Temurin's catalogue is asked. Another base serves mirrors and tests.
VMCP_TEMURIN_API="${VMCP_TEMURIN_API:-https://api.adoptium.net/v3}"
VMCP_JVM_DIR="${VMCP_JVM_DIR:-/usr/lib/jvm}"

# Prints the major version of the JDK in a directory; fails when there is none (a JRE is none).
jdk_major() {
    local home=$1 version=''
    [[ -x $home/bin/javac && -x $home/bin/java ]] || return 1
    # Reading the release file is a thousand times faster than starting javac.
    if [[ -r $home/release ]]; then
        version=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9]*\).*/\1/p' "$home/release" | head -n 1)
    fi
    if [[ -z $version ]]; then
        version=$("$home/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p' | head -n 1)
    fi
    [[ -n $version ]] && printf '%s\n' "$version"
}

# The places in the order they are asked; not all of them exist.
jdk_places() {
    local java
    [[ -z ${JAVA_HOME:-} ]] || printf '%s\n' "$JAVA_HOME"
    while IFS= read -r java; do
        java=$(readlink -f -- "$java") && printf '%s\n' "${java%/bin/java}"
    done < <(type -aP java || true)
    compgen -G "$VMCP_JVM_DIR/*" | sort -V || true
    compgen -G "$VMCP_CACHE/jdk-*" | sort -V || true
}

# Prints the home of the first JDK that is new enough.
find_jdk() {
    local home major
    while IFS= read -r home; do
        major=$(jdk_major "$home") || continue
        if ((major >= JDK_MINIMUM)); then
            printf '%s\n' "$home"
            return 0
        fi
    done < <(jdk_places)
    return 1
}

# Prints the distribution's oldest JDK package that is new enough.
jdk_package() {
    local package
    while IFS= read -r package; do
        if ((${package//[!0-9]/} >= JDK_MINIMUM)) && package_available "$package"; then
            printf '%s\n' "$package"
            return 0
        fi
    done < <(apt-cache search --names-only '^openjdk-[0-9]+-jdk-headless$' 2>/dev/null |
        cut -d ' ' -f 1 | sort -V)
    return 1
}

# Sets and exports JAVA_HOME. By now the distribution's package is there, if it has one.
require_jdk() {
    find_jdk >/dev/null || with_lock "$VMCP_CACHE" fetch_temurin
    JAVA_HOME=$(find_jdk) || die "no JDK $JDK_MINIMUM or newer, though one was just unpacked"
    export JAVA_HOME
}

temurin_architecture() {
    case "$(uname -m)" in
        x86_64) printf 'x64\n' ;;
        aarch64) printf 'aarch64\n' ;;
        ppc64le) printf 'ppc64le\n' ;;
        riscv64) printf 'riscv64\n' ;;
        s390x) printf 's390x\n' ;;
        *) die "there is no Temurin archive for $(uname -m); install a JDK $JDK_MINIMUM and set JAVA_HOME" ;;
    esac
}

# The checksum would be worth nothing if anybody on the way could change it, so only a server on
# this very machine may be asked without TLS.
download() {
    local url=$1 target=$2 protocols='=https'
    [[ $url =~ ^http://(127\.0\.0\.1|localhost)(:[0-9]+)?/ ]] && protocols='=http,https'
    curl --fail --silent --show-error --location --proto "$protocols" --proto-redir "$protocols" \
        --connect-timeout 20 --speed-limit 1024 --speed-time 60 --retry 2 \
        --output "$target" -- "$url"
}

# json_text FILE NAME: the first string of that name. Enough for a catalogue of one release.
json_text() {
    tr -d '\n' <"$1" | grep -o "\"$2\" *: *\"[^\"]*\"" | head -n 1 | sed 's/^[^:]*: *"\(.*\)"$/\1/'
}

# Runs under the lock of the cache. Everything happens in a directory of its own beside the target,
# so that a JDK in the cache is always a whole one.
fetch_temurin() {
    local work name
    find_jdk >/dev/null && return 0
    apt_need_for_download
    rm -rf -- "$VMCP_CACHE"/.jdk.*
    work=$(mktemp -d -- "$VMCP_CACHE/.jdk.XXXXXX")
    on_exit "rm -rf -- '$work'"
    fetch_temurin_archive "$work"
    mkdir "$work/jdk"
    tar -xzf "$work/archive" -C "$work/jdk" --strip-components=1 --no-same-owner ||
        die "the archive of Temurin cannot be unpacked"
    (($(jdk_major "$work/jdk" || echo 0) >= JDK_MINIMUM)) || die "the archive of Temurin holds no JDK $JDK_MINIMUM"
    name=$(json_text "$work/catalogue" name)
    mv -T -- "$work/jdk" "$VMCP_CACHE/jdk-${name%.tar.gz}"
    rm -rf -- "$work"
}

apt_need_for_download() {
    have curl && return 0
    have apt-get || die "curl is needed to fetch a JDK; install curl, or a JDK $JDK_MINIMUM"
    apt_install curl ca-certificates
}

fetch_temurin_archive() {
    local work=$1 link sum log architecture
    log=$(setup_log jdk)
    architecture=$(temurin_architecture)
    run_step "asking for the newest Temurin $JDK_MINIMUM for $architecture" "$log" download \
        "$VMCP_TEMURIN_API/assets/latest/$JDK_MINIMUM/hotspot?architecture=$architecture&image_type=jdk&os=linux&vendor=eclipse" \
        "$work/catalogue" || die "no JDK $JDK_MINIMUM here, and Temurin's catalogue cannot be read"
    link=$(json_text "$work/catalogue" link)
    sum=$(json_text "$work/catalogue" checksum)
    [[ -n $link && $sum =~ ^[0-9a-f]{64}$ && $(json_text "$work/catalogue" name) =~ ^[A-Za-z0-9._+-]+\.tar\.gz$ ]] ||
        die "Temurin's catalogue does not name an archive and its SHA-256"
    run_step "fetching $link" "$log" download "$link" "$work/archive" ||
        die "the JDK archive cannot be fetched"
    verify_checksum "$work/archive" "$sum"
}

verify_checksum() {
    local actual
    actual=$(sha256sum <"$1")
    actual=${actual%% *}
    [[ $actual == "$2" ]] || die "the JDK archive has SHA-256 $actual, published is $2; it was thrown away"
}
