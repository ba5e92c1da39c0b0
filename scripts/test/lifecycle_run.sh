#!/usr/bin/env bash
# A VM's life by curl, for each backend that this build has. Needs the build, so test.sh runs it after
# Maven.
set -euo pipefail

# shellcheck source=harness.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/harness.sh"

root=${scripts%/scripts}
port='' daemon=''

lives_on() {
    needs_vmm "$1"
    export TMPDIR="$PWD"
    expect_exit 0 "$scripts/test-vm-lifecycle.sh" --backend "$1"
    expect_output "14 checks, 0 failed, 0 left out"
    leaves_nothing
}

leaves_nothing() { [[ -z $(compgen -G "$PWD/vmcp-life.*") ]] || fail "left behind: $(ls)"; }

refuses_a_backend_that_is_not_there() {
    export TMPDIR="$PWD"
    expect_exit 1 "$scripts/test-vm-lifecycle.sh" --backend no-such-backend
    expect_output "unsupported backend type: no-such-backend"
    leaves_nothing
}

# Somebody's daemon with a VM in it, and with names as connect-go spells them.
start_daemon_of_somebody() {
    UNKEY_VMCP_BACKEND=qemu UNKEY_VMCP_ADDRESS=127.0.0.1 UNKEY_VMCP_PORT=0 UNKEY_VMCP_JSON_NAMES=camel \
        UNKEY_VMCP_STATE_DIR="$PWD/state" "$root/vmm-controlplane" >daemon.out 2>daemon.log </dev/null &
    daemon=$!
    # shellcheck disable=SC2064 # the process as it is now
    trap "kill $daemon; wait $daemon || true" EXIT
    timeout 60 bash -c "until grep -q '^vmm-controlplane ready on .* ms)' daemon.out; do sleep 0.1; done" ||
        fail "no daemon: $(tail daemon.log)"
    port=$(sed -n 's/^vmm-controlplane ready on [^ ]*:\([0-9]*\) .*/\1/p' daemon.out)
}

call() { curl --silent --noproxy '*' "http://127.0.0.1:$port/vmm.v1.VmService/$1" -H 'Content-Type: application/json' -d "$2"; }

uses_a_daemon_and_leaves_it_as_it_was() {
    local boot
    export TMPDIR="$PWD"
    start_daemon_of_somebody
    boot=$("$scripts/guest.sh" --print | sed -n 's/^KERNEL=//p')
    call CreateVm "{\"vm_id\":\"theirs\",\"config\":{\"cpu\":{\"vcpu_count\":1},\"memory\":{\"size_bytes\":134217728},
        \"boot\":{\"kernel_path\":\"$boot\"}}}" >created
    expect_exit 0 "$scripts/test-vm-lifecycle.sh" --backend qemu --endpoint "http://127.0.0.1:$port"
    expect_output "14 checks, 0 failed, 0 left out"
    expect_exit 1 "$scripts/test-vm-lifecycle.sh" --backend no-such-backend --endpoint "http://127.0.0.1:$port" --kernel "$boot"
    expect_output "no-such-backend"
    call ListVms '{}' >listed
    [[ $(grep -o '"vmId":"[^"]*"' listed) == '"vmId":"theirs"' ]] || fail "not as it was: $(cat created listed)"
    call DeleteVm '{"vm_id":"theirs"}'
    leaves_nothing
}

asks_a_daemon_for_a_backend_that_is_not_its_default() {
    local backend
    export TMPDIR="$PWD"
    needs_vmm cloudhypervisor
    needs_vmm firecracker
    start_daemon_of_somebody
    for backend in cloudhypervisor firecracker; do
        expect_exit 0 "$scripts/test-vm-lifecycle.sh" --backend "$backend" --endpoint "http://127.0.0.1:$port"
        expect_output "CreateVm will ask for $backend"
        expect_output "14 checks, 0 failed, 0 left out"
    done
    leaves_nothing
}

boots_a_guest_of_the_users_own() {
    local guest
    export TMPDIR="$PWD"
    guest=$("$scripts/guest.sh" --print)
    expect_exit 0 "$scripts/test-vm-lifecycle.sh" --backend qemu \
        --kernel "$(sed -n 's/^KERNEL=//p' <<<"$guest")" --initrd="$(sed -n 's/^INITRD=//p' <<<"$guest")"
    expect_output "left out - the guest has begun anew"
    expect_output "12 checks, 0 failed, 2 left out"
    leaves_nothing
}

check "a VM lives its life on qemu" lives_on qemu
check "a VM lives its life on cloudhypervisor" lives_on cloudhypervisor
check "a VM lives its life on firecracker" lives_on firecracker
check "a daemon that runs is asked for another backend than its default" asks_a_daemon_for_a_backend_that_is_not_its_default
check "a guest of the user's own is judged by what the API tells" boots_a_guest_of_the_users_own
check "a daemon that runs is used and left as it was" uses_a_daemon_and_leaves_it_as_it_was
check "a backend that is not there is refused in the daemon's words" refuses_a_backend_that_is_not_there
finish
