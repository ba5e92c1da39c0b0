#!/usr/bin/env bash
# Makes the guest that the demo and the tests boot, and prints where it is.
#
#   KERNEL=/.../vmlinux
#   INITRD=/.../initrd.cpio
#
# The kernel is the distribution's own for virtual machines, taken out of its package; nothing is
# installed. It is unpacked to its ELF image, which every hypervisor takes and which boots faster;
# the compressed image lies beside it as vmlinuz. The initramfs holds a static busybox, the few modules a guest needs, and guest/init.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=lib/common.sh
source "$here/lib/common.sh"
# shellcheck source=lib/apt.sh
source "$here/lib/apt.sh"

# Both transports of virtio, so that every machine type finds its disks; others need no module.
readonly WANTED_MODULES=(button evdev virtio_pci virtio_mmio virtio_blk virtio_net)

usage() {
    cat <<'USAGE'
usage: scripts/guest.sh [--print] [--refresh]

Makes the small Linux guest of the demo and the tests (once; it is cached) and prints
KERNEL=path and INITRD=path.

  --print     the same as without it; for callers that like to be clear
  --refresh   look for a newer kernel package even though there is a guest
  --help      this text
USAGE
}

# Prints the package that stands for "the newest kernel for virtual machines".
kernel_metapackage() {
    local architecture
    architecture=$(dpkg --print-architecture)
    [[ $architecture == amd64 ]] || die "the guest is made for amd64 machines, this one is $architecture"
    case "$(os_field ID)" in
        ubuntu) printf 'linux-image-virtual\n' ;;
        *) printf 'linux-image-cloud-%s\n' "$architecture" ;;
    esac
}

os_field() { sed -n "s/^$1=\"\\{0,1\\}\\([^\"]*\\)\"\\{0,1\\}\$/\\1/p" /etc/os-release; }

# What the image, its modules and its init depend on, besides the version of the packages.
recipe_hash() {
    { cat -- "$here/guest.sh" "$here/guest/init"; os_field ID; os_field VERSION_ID; } | sha256sum | cut -c1-12
}

# Prints the finished guest made by this very recipe, the newest first, if there is one.
cached_guest() {
    local dir
    while IFS= read -r dir; do
        [[ -s $dir/vmlinux && -s $dir/initrd.cpio ]] && printf '%s\n' "$dir" && return 0
    done < <(compgen -G "$VMCP_CACHE/guest/*-$(recipe_hash)" | sort -rV)
    return 1
}

# Follows the dependencies of the metapackage to the packages that hold the image and its modules
# (one package in Debian 12 and 13, image and modules apart in Ubuntu and in newer Debian).
kernel_packages() {
    local queue=("$1") package next seen=' '
    while ((${#queue[@]} > 0)); do
        package=${queue[0]}
        queue=("${queue[@]:1}")
        [[ $seen == *" $package "* ]] && continue
        seen+="$package "
        printf '%s\n' "$package"
        while IFS= read -r next; do
            queue+=("$next")
        done < <(kernel_dependencies "$package")
    done
}

kernel_dependencies() {
    LC_ALL=C apt-cache depends "$1" 2>/dev/null |
        sed -nE 's/^ *\|?Depends: (linux-(image|binary|modules)-[^ ]+)$/\1/p'
}

# Stale package lists name versions that the mirror has dropped: fetch new lists once and retry.
fetch_packages() {
    local dir=$1 log metapackage
    log=$(setup_log guest)
    metapackage=$(kernel_metapackage)
    apt_update_if_missing
    fetch_once "$dir" "$metapackage" "$log" && return 0
    rm -f -- "$dir"/*.deb
    apt_update
    fetch_once "$dir" "$metapackage" "$log" || die "the kernel or busybox package cannot be fetched; see $log"
}

fetch_once() {
    local packages
    mapfile -t packages < <(kernel_packages "$2")
    ((${#packages[@]} > 1)) || return 1
    run_step "fetching the guest kernel ${packages[1]} and busybox" "$3" \
        apt_fetch "$1" "${packages[@]}" busybox-static
}

unpack_packages() {
    local deb
    for deb in "$1"/*.deb; do
        dpkg-deb -x "$deb" "$2"
    done
}

kernel_version_in() {
    local image
    image=$(compgen -G "$1/boot/vmlinuz-*" | sort -V | tail -n 1)
    [[ -n $image ]] || die "the kernel package holds no boot/vmlinuz-*"
    printf '%s\n' "${image##*/vmlinuz-}"
}

# extract_kernel VMLINUZ VMLINUX: the ELF image is a compressed part of the bzImage, at an offset and
# with a length that its setup header names (payload_offset and payload_length of the x86 boot
# protocol; the offset counts from the end of the setup sectors). A guest that need not unpack itself
# boots faster, and much faster after a reset: an emulator that has run code from the memory unpacked
# over spends up to 20 s there.
extract_kernel() {
    local image=$1 offset length
    offset=$((($(number_at "$image" 497 1) + 1) * 512 + $(number_at "$image" 584 4)))
    length=$(number_at "$image" 588 4)
    case $(od -An -v -tx1 -j "$offset" -N 4 -- "$image" | tr -d ' \n') in
        02214c18) apt_need lz4 lz4 && payload "$image" "$offset" "$((length - 4))" | lz4 -dcq >"$2" ;;
        28b52ffd) apt_need zstd zstd && payload "$image" "$offset" "$((length - 4))" | zstd -dcq >"$2" ;;
        fd377a58) apt_need xz xz-utils && payload "$image" "$offset" "$((length - 4))" | xz -dcq >"$2" ;;
        1f8b08*) payload "$image" "$offset" "$length" | gzip -dcq >"$2" ;;
        *) die "$image is compressed in a way this script does not know" ;;
    esac
    [[ $(head -c 4 -- "$2") == $'\x7fELF' ]] || die "$image holds no ELF image"
}

number_at() { od -An -v -t "u$3" -j "$2" -N "$3" -- "$1" | tr -d ' '; }

# All but gzip are followed by four bytes that tell the unpacked size and belong to no format.
payload() { dd if="$1" bs=1M iflag=skip_bytes,count_bytes skip="$2" count="$3" status=none; }

# Prints the file of a module; nothing when it is built into the kernel.
module_file() { find "$1" -path "*/kernel/*" \( -name "$2.ko*" -o -name "${2//_/-}.ko*" \) | head -n 1; }

# A module says itself, in its .modinfo section, what it needs; modules.dep is only made at install.
module_depends() { tr '\0' '\n' <"$1" | sed -n 's/^depends=//p' | tr ',' '\n'; }

# add_module TREE TARGET NAME: puts a module into TARGET after everything it depends on.
add_module() {
    local tree=$1 target=$2 name=$3 source dependency
    [[ ! -e $target/$name.ko ]] || return 0
    source=$(module_file "$tree" "$name")
    [[ -n $source ]] || return 0
    plain_module "$source" >"$target/$name.ko"
    while IFS= read -r dependency; do
        [[ -z $dependency ]] || add_module "$tree" "$target" "$dependency"
    done < <(module_depends "$target/$name.ko")
    printf '%s.ko\n' "$name" >>"$target/order"
}

plain_module() {
    case $1 in
        *.ko) cat -- "$1" ;;
        *.ko.xz) "$BUSYBOX" xzcat "$1" ;;
        *.ko.zst) zstd -qdc -- "$1" ;;
        *.ko.gz) "$BUSYBOX" zcat "$1" ;;
        *) die "$1 is compressed in a way this script does not know" ;;
    esac
}

make_initramfs_tree() {
    local unpacked=$1 tree=$2 module
    mkdir -p "$tree"/{bin,dev,proc,sys,modules}
    install -m 755 "$here/guest/init" "$tree/init"
    install -m 755 "$BUSYBOX" "$tree/bin/busybox"
    link_applets "$tree"
    : >"$tree/modules/order"
    for module in "${WANTED_MODULES[@]}"; do
        add_module "$unpacked" "$tree/modules" "$module"
    done
}

# The static busybox runs here as well: it says itself what it offers, packs the archive and
# unpacks the modules, so that no further package is needed for that.
use_busybox_in() {
    BUSYBOX=$(find "$1" -path '*/bin/busybox' -type f | head -n 1)
    [[ -n $BUSYBOX ]] || die "package busybox-static holds no busybox"
}

link_applets() {
    local applet
    while IFS= read -r applet; do
        [[ $applet == busybox ]] || ln -s busybox "$1/bin/$applet"
    done < <("$BUSYBOX" --list)
}

# Not compressed: under emulation the guest unpacks slower than the host copies.
pack_initramfs() {
    (cd -- "$1" && find . -print0 | LC_ALL=C sort -z |
        "$BUSYBOX" cpio -0 -o -H newc -R 0:0 2>/dev/null) >"$2"
}

build_guest() {
    local work=$1 version result
    mkdir -p "$work/debs" "$work/packages" "$work/tree" "$work/result"
    fetch_packages "$work/debs"
    unpack_packages "$work/debs" "$work/packages"
    use_busybox_in "$work/packages"
    version=$(kernel_version_in "$work/packages")
    if [[ -n $(find "$work/packages" -name '*.ko.zst' -print -quit) ]]; then
        apt_need zstd zstd
    fi
    extract_kernel "$work/packages/boot/vmlinuz-$version" "$work/result/vmlinux"
    make_initramfs_tree "$work/packages" "$work/tree"
    pack_initramfs "$work/tree" "$work/result/initrd.cpio"
    install -m 644 "$work/packages/boot/vmlinuz-$version" "$work/result/vmlinuz"
    result="$VMCP_CACHE/guest/$(package_version "$work/debs")-$(recipe_hash)"
    rm -rf -- "$result"
    mv -T -- "$work/result" "$result"
}

# Name and version of the package that holds the image, as a directory name.
package_version() {
    local deb
    deb=$(compgen -G "$1/linux-image-[0-9]*.deb" | sort -V | tail -n 1)
    # shellcheck disable=SC2016 # these are dpkg's own placeholders
    dpkg-deb --show --showformat='${Package}_${Version}\n' "$deb" | tr -c 'A-Za-z0-9._+\n-' _
}

# Runs under the lock: whoever waited for it finds the guest made by the one before.
make_guest() {
    local refresh=$1 work
    if [[ $refresh == no ]] && cached_guest >/dev/null; then
        return 0
    fi
    remove_abandoned_work
    work=$(mktemp -d -- "$VMCP_CACHE/guest/.work.XXXXXX")
    on_exit "rm -rf -- '$work'"
    build_guest "$work"
    rm -rf -- "$work"
}

# Only the holder of the lock works there, so whatever is found was left by one that was killed.
remove_abandoned_work() { rm -rf -- "$VMCP_CACHE"/guest/.work.*; }

main() {
    local refresh=no
    while (($# > 0)); do
        case $1 in
            --print) ;;
            --refresh) refresh=yes ;;
            --help | -h) usage && return 0 ;;
            *) usage_error "unknown argument: $1" ;;
        esac
        shift
    done
    need_apt "the guest is made from the distribution's packages"
    if [[ $refresh == yes ]] || ! cached_guest >/dev/null; then
        with_lock "$VMCP_CACHE/guest" make_guest "$refresh"
    fi
    local guest
    guest=$(cached_guest) || die "the guest was not made"
    printf 'KERNEL=%s\nINITRD=%s\n' "$guest/vmlinux" "$guest/initrd.cpio"
}

main "$@"
