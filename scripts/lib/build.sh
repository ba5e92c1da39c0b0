# shellcheck shell=bash
# Maven, the build, and the command line of the daemon.

[[ -n ${VMCP_BUILD_SOURCED:-} ]] && return 0
VMCP_BUILD_SOURCED=1

readonly MAVEN_MINIMUM=3.8
readonly DAEMON_DIST="$VMCP_ROOT/daemon/target/dist"
readonly DAEMON_LIB="$DAEMON_DIST/lib"
readonly TESTKIT_CLASSES="$VMCP_ROOT/testkit/target/classes"
# What is built; `daemon,testkit` for those who need the mini guests too.
BUILD_MODULES=daemon
# There while a build is under way, and after one that was killed; it becomes BUILD_FINISHED, so that
# the time of that one is the start of the build and an edit made meanwhile is newer.
readonly BUILD_UNFINISHED="$VMCP_ROOT/daemon/target/.build-unfinished"
readonly BUILD_FINISHED="$VMCP_ROOT/daemon/target/.build-finished"

version_at_least() { [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]; }

# The package database answers at once; Maven itself takes most of a second.
maven_version() {
    local version
    version=$(dpkg-query -W -f='${Version}' maven 2>/dev/null) || version=''
    if [[ -z $version || $(readlink -f -- "$(command -v mvn)") != /usr/share/maven/* ]]; then
        version=$(mvn -v 2>/dev/null | sed -n 's/^[^A-Z]*Apache Maven \([0-9.]*\).*/\1/p')
    fi
    printf '%s\n' "$version"
}

maven_usable() { have mvn && version_at_least "$MAVEN_MINIMUM" "$(maven_version)"; }

require_maven() {
    hash -r
    maven_usable || die "Maven $MAVEN_MINIMUM or newer is needed; found '$(maven_version)' at $(command -v mvn)"
}

# MAVEN_OPTS and settings of the user stay in force; only the JDK is ours.
maven() { (cd -- "$VMCP_ROOT" && JAVA_HOME=$JAVA_HOME mvn -B -ntp -Dstyle.color=never "$@"); }

has_build() {
    [[ ! -e $BUILD_UNFINISHED ]] && compgen -G "$DAEMON_LIB/*.jar" >/dev/null &&
        [[ $BUILD_MODULES != *testkit* || -d $TESTKIT_CLASSES ]]
}

# A build is current when no source or pom is newer than it.
build_is_current() {
    has_build && [[ -e $BUILD_FINISHED ]] || return 1
    [[ -z $(find "$VMCP_ROOT" -name target -prune -o -name '.?*' -prune -o \
        \( -path '*/src/main/*' -o -name pom.xml \) -type f -newer "$BUILD_FINISHED" -print -quit) ]]
}

# mark_build_finished STAMP: a build that began at the time of STAMP was made by other means.
mark_build_finished() {
    touch -r "$1" -- "$BUILD_FINISHED"
    rm -f -- "$BUILD_UNFINISHED"
}

# build_daemon CHECK: builds unless CHECK (has_build, build_is_current) says there is no need.
# The lock is on the checkout itself: two scripts that start at once make one build.
build_daemon() {
    "$1" || with_lock "$VMCP_ROOT" build_daemon_locked "$1"
}

build_daemon_locked() {
    local log="$VMCP_ROOT/daemon/target/build.log"
    "$1" && return 0
    mkdir -p -- "$VMCP_ROOT/daemon/target"
    : >"$BUILD_UNFINISHED"
    : >"$log"
    run_step "building the daemon" "$log" maven -Pquick -pl "$BUILD_MODULES" -am package ||
        die "the build failed; the whole log is $log"
    compgen -G "$DAEMON_LIB/*.jar" >/dev/null || die "the build put no jar into $DAEMON_LIB; see $log"
    mv -f -- "$BUILD_UNFINISHED" "$BUILD_FINISHED"
}
