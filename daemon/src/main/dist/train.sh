#!/usr/bin/env bash
# Makes the start-up cache (JEP 483, 514) beside this file by running the daemon once through what a
# start needs, in a state directory of its own. A daemon without the cache works the same and starts
# slower, so whatever goes wrong here is told and is no error. train.sh JAVA [KERNEL [FAKES]], FAKES being
# the classes of fake VMMs.
set -euo pipefail

dist=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
java=$1 kernel=${2:-} fakes=${3:-}
cache=$dist/start.aot
sum=$dist/start.aot.sum
work=''
daemon=''
url=''

# The JVM holds the cache against size and time of each jar: equal jars are given equal times.
fingerprint() {
    touch -d '2026-01-01T00:00:00Z' "$dist"/lib/*.jar
    { "$java" -version 2>&1 && cat "$dist/jvm.options" && sha256sum "$dist"/lib/*.jar "$dist/train.sh"; } | sha256sum
}

give_up() {
    echo "no start-up cache: $1" >&2
    exit 0
}

# VMs outlive their daemon, however that ends.
forget_vms() {
    [[ -n $url ]] || return 0
    for vm in trial other third; do
        curl -sS -m 10 -o "$work/answer" -H 'Content-Type: application/json' \
            -d "{\"vm_id\":\"$vm\",\"force\":true}" "$url/vmm.v1.VmService/DeleteVm" || true
    done
}

cleanup() {
    if [[ -n $daemon ]] && kill -0 "$daemon" 2>/dev/null; then
        forget_vms
        kill -9 "$daemon" 2>/dev/null || true
    fi
    [[ -z $work ]] || rm -rf -- "$work"
}
trap cleanup EXIT

call() {
    curl -sS -m 10 -o "$work/answer" -H 'Content-Type: application/json' -d "$2" \
        "$url/vmm.v1.VmService/$1" || give_up "$1 got no answer"
}

# The request is empty, but for zeros around it; nobody looks at the answer.
list_in() {
    local type=$1 zeros=$2
    head -c "$zeros" /dev/zero | curl -sS -m 10 -o "$work/answer" --http2-prior-knowledge --compressed \
        -H "Content-Type: $type" --data-binary @- "$url/vmm.v1.VmService/ListVms" ||
        give_up "ListVms in $type got no answer"
}

await_ready() {
    local left=600
    until grep -qs '^vmm-controlplane ready' "$work/out"; do
        kill -0 "$daemon" 2>/dev/null || give_up "the daemon ended: $(tail -n 3 "$work/err")"
        ((left-- > 0)) || give_up "the daemon is not ready after 60 s"
        read -r -t 0.1 _ <> <(:) || true
    done
    url=$(sed -n 's/^vmm-controlplane ready on \([^ ]*\).*/\1/p' "$work/out")
}

await_end() {
    local left=600
    while kill -0 "$daemon" 2>/dev/null; do
        ((left-- > 0)) || give_up "the cache is not written after 60 s"
        read -r -t 0.1 _ <> <(:) || true
    done
    daemon=''
}

# create VM BACKEND
create() {
    call CreateVm "{\"vm_id\":\"$1\",\"backend\":\"$2\",\"config\":{\"cpu\":{\"vcpu_count\":1},\"memory\":{\"size_bytes\":67108864},\"boot\":{\"kernel_path\":\"$kernel\"}}}"
}

live() {
    for method in BootVm GetVmInfo PauseVm ResumeVm; do
        call "$method" "{\"vm_id\":\"$1\"}"
    done
    call ShutdownVm "{\"vm_id\":\"$1\",\"force\":true}"
}

# So often that the JVM notes how these paths run (JEP 515): a daemon is then fast from its first calls on.
often() {
    local i method
    for ((i = 0; i < 400; i++)); do
        for method in PauseVm ResumeVm GetVmInfo; do
            ((i == 0)) && [[ $method == PauseVm ]] || printf 'next\n'
            printf 'url = "%s/vmm.v1.VmService/%s"\nheader = "Content-Type: application/json"\n' "$url" "$method"
            printf 'data = "{\\"vm_id\\":\\"%s\\"}"\noutput = "%s"\n' "$1" "$work/answer"
        done
    done | curl -sS -K - || give_up 'many calls got no answer'
}

exercise() {
    curl -sS -m 10 -o "$work/answer" "$url/_/health" || give_up 'health got no answer'
    call CreateVm '{"config":{}}'
    create trial qemu
    live trial
    for vm in other third; do
        live "$vm"
        call BootVm "{\"vm_id\":\"$vm\"}"
        often "$vm"
        call ShutdownVm "{\"vm_id\":\"$vm\",\"force\":true}"
    done
    call ListVms '{}'
    list_in application/proto 0
    list_in application/grpc 5
    forget_vms
}

# serve BACKEND OPTION...: starts a daemon with these options of the JVM.
serve() {
    local backend=$1
    shift
    # Here, not by the redirection alone, which happens in the child: the daemon before was ready too.
    : >"$work/out"
    env -i PATH="$PATH" HOME="${HOME:-/}" UNKEY_VMCP_BACKEND="$backend" UNKEY_VMCP_QEMU_ACCEL=tcg \
        UNKEY_VMCP_CH_BINARY="$work/cloud-hypervisor" UNKEY_VMCP_FC_BINARY="$work/firecracker" \
        UNKEY_VMCP_ADDRESS=127.0.0.1 UNKEY_VMCP_PORT=0 UNKEY_VMCP_STATE_DIR="$work/state" \
        bash "$dist/run.sh" "$java" "$@" -- >"$work/out" 2>"$work/err" </dev/null &
    daemon=$!
    await_ready
}

# fake PROGRAM VERSION CLASS: puts a program there that runs a class.
fake() {
    # shellcheck disable=SC2016 # for the script that is written
    printf '#!/bin/sh\n[ "$1" != --version ] || exec echo "%s"\nexec %q -cp %q %s "$@"\n' \
        "$2" "$java" "$fakes:$dist/lib/*" "$3" >"$work/$1"
    chmod +x "$work/$1"
}

# By a daemon of its own, so that the one that is trained is seen to take VMs over, from each backend.
make_others() {
    [[ -d $fakes ]] || return 0
    fake cloud-hypervisor 'cloud-hypervisor v53.0' com.unkey.vmcp.testkit.cloudhypervisor.FakeCloudHypervisorProgram
    fake firecracker 'Firecracker v1.16.1' com.unkey.vmcp.testkit.firecracker.FakeFirecrackerProgram
    serve cloudhypervisor
    create other cloudhypervisor
    create third firecracker
    kill "$daemon"
    await_end
    url=''
}

command -v curl >/dev/null || give_up 'curl is not installed'
now=$(fingerprint)
[[ ! -e $cache || ! -e $sum || $(<"$sum") != "$now" ]] || exit 0
rm -f -- "$cache" "$sum"
work=$(mktemp -d)
make_others
serve qemu "-XX:AOTCacheOutput=$work/start.aot"
exercise
kill "$daemon"
await_end
[[ -s $work/start.aot ]] || give_up "none was written: $(tail -n 3 "$work/err")"
mv -f -- "$work/start.aot" "$cache"
printf '%s\n' "$now" >"$sum"
