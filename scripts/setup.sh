#!/usr/bin/env bash
# Makes a fresh Debian or Ubuntu machine ready: JDK, Maven, QEMU, the guest, the build.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=lib/setup.sh
source "$here/lib/setup.sh"

usage() {
    cat <<'USAGE'
usage: scripts/setup.sh

Installs what is missing and builds the daemon:
  a JDK 25 or newer   JAVA_HOME, PATH, /usr/lib/jvm; else the distribution's package; else a Temurin
                      archive with verified checksum in ~/.cache/vmm-controlplane
  Maven 3.8 or newer, QEMU and curl, from the distribution
  the Linux guest of the demo and the tests, in ~/.cache/vmm-controlplane

Runs as root, or with sudo where something has to be installed. Safe to run again.
USAGE
}

case ${1:-} in
    '') ;;
    --help | -h) usage && exit 0 ;;
    *) usage_error "unknown argument: $1" ;;
esac

set_up_tools
"$here/guest.sh" >/dev/null
build_daemon build_is_current
say "${GREEN}ready:${RESET} JDK $JAVA_HOME, $(command -v mvn), $(command -v qemu-system-x86_64)"
