#!/usr/bin/env bash
# Takes one virtual machine through its life with curl, and checks each answer by value.
set -euo pipefail

clients=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=clients/checks.sh
source "$clients/checks.sh"
# shellcheck source=scripts/lib/api.sh
source "$clients/../scripts/lib/api.sh"

usage() {
    cat <<'USAGE'
usage: clients/curl/lifecycle.sh BASE-URL KERNEL FLAVOUR

KERNEL is a kernel image that ignores its power button. FLAVOUR is one of
  guide   POST over HTTP/1.1, the request on the command line
  file    the same, with the request of CreateVm in a file
  h2      over HTTP/2
  get     the calls without side effects by GET
  gzip    requests and answers compressed
Each check prints a line that begins with "ok" or "not ok"; exit code 0 only where all are ok.
USAGE
}

# answered CURL-ARGUMENTS...: sets ANSWER and STATUS, such as "200 application/json HTTP/1.1".
answered() {
    local out
    # --noproxy: a proxy of the user's is for the world outside.
    out=$(curl --silent --show-error --max-time 60 --noproxy '*' "${options[@]}" \
        --write-out '\n%{http_code} %{content_type} HTTP/%{http_version}' "$@")
    ANSWER=${out%$'\n'*} STATUS=${out##*$'\n'}
}

# call METHOD JSON [CURL-ARGUMENTS...]
call() {
    local method=$1 json=$2
    shift 2
    case $flavour:$method in
        get:GetVmInfo | get:ListVms)
            answered --get "$base/vmm.v1.VmService/$method" -d connect=v1 -d encoding=json \
                --data-urlencode "message=$json" "$@"
            ;;
        gzip:*)
            gzip -c <<<"$json" >request.gz
            answered "$base/vmm.v1.VmService/$method" -H "Content-Type: application/json" \
                -H "Content-Encoding: gzip" --data-binary @request.gz "$@"
            ;;
        *) answered "$base/vmm.v1.VmService/$method" -H "Content-Type: application/json" -d "$json" "$@" ;;
    esac
}

# succeeded WHAT [STATE]: of the last call.
succeeded() {
    check "$1: answer" "$STATUS" "200 application/json $version"
    [[ -z ${2:-} ]] || check "$1: state" "$(json_field state)" "$2"
}

# refused WHAT STATUS CODE [MESSAGE-AS-JSON]: of the last call.
refused() {
    check "$1: answer" "$STATUS" "$2 application/json $version"
    check "$1: code" "$(json_field code)" "$3"
    [[ -z ${4:-} ]] || check_contains "$1: message" "$ANSWER" "\"message\":\"$4\""
}

health() {
    answered "$base/_/health"
    check "health: HTTP status" "${STATUS%% *}" 200
    check "health: status" "$(json_field status)" healthy
    check "health: backend" "$(json_field backend)" qemu
}

config() {
    printf '{"config":{"cpu":{"vcpu_count":2},"memory":{"size_bytes":2147483648},"boot":{"kernel_path":%s}}}' \
        "$(json_string "$kernel")"
}

# As the users' guide has it, with a kernel that is there.
create_by_the_guide() {
    answered -X POST "$base/vmm.v1.VmService/CreateVm" \
        -H "Content-Type: application/json" \
        -d '{
    "config": {
      "cpu": {"vcpu_count": 2},
      "memory": {"size_bytes": 2147483648},
      "boot": {"kernel_path": '"$(json_string "$kernel")"'}
    }
  }'
}

create_from_a_file() {
    config >your-old-vm-config.json
    answered -X POST "$base/vmm.v1.VmService/CreateVm" \
        -H "Content-Type: application/json" \
        -d @your-old-vm-config.json
}

create() {
    case $flavour in
        guide) create_by_the_guide ;;
        file) create_from_a_file ;;
        *) call CreateVm "$(config)" ;;
    esac
    succeeded CreateVm VM_STATE_CREATED
    vm=$(json_field vm_id)
    one="{\"vm_id\":\"$vm\"}"
}

inspect() {
    call GetVmInfo "$one"
    succeeded GetVmInfo VM_STATE_CREATED
    check "GetVmInfo: vm_id" "$(json_field vm_id)" "$vm"
    check "GetVmInfo: vcpu_count" "$(json_field vcpu_count)" 2
    check_contains "GetVmInfo: size_bytes" "$ANSWER" '"size_bytes":"2147483648"'
    check "GetVmInfo: kernel_path" "$(json_field kernel_path)" "$kernel"
    call ListVms '{}'
    succeeded ListVms
    check "ListVms: total_count" "$(json_field total_count)" 1
    check "ListVms: vm_id" "$(json_field vm_id)" "$vm"
}

boot_pause_resume() {
    call BootVm "$one"
    succeeded BootVm VM_STATE_RUNNING
    check "BootVm: success" "$(json_field success)" true
    call PauseVm "$one"
    succeeded PauseVm VM_STATE_PAUSED
    call ListVms '{"state_filter":["VM_STATE_RUNNING"]}'
    check "ListVms: none is RUNNING" "$ANSWER" '{}'
    call ResumeVm "$one"
    succeeded ResumeVm VM_STATE_RUNNING
}

refusals() {
    call GetVmInfo '{"vm_id":"no-such-vm"}'
    refused "an unknown VM" 404 not_found 'no VM with vm_id \"no-such-vm\"'
    call BootVm "$one"
    refused "a second boot" 400 failed_precondition
    call CreateVm '{"config":{"cpu":{"vcpu_count":0},"memory":{"size_bytes":2147483648}}}'
    refused "a VM without CPUs" 400 invalid_argument 'config.cpu.vcpu_count: must be 1 to 1024, got 0'
    check_contains "its detail" "$ANSWER" '"type":"google.rpc.BadRequest"'
}

# The guest ignores its power button, so the first of these calls would last 30 seconds.
too_late() {
    local begun=$SECONDS
    call ShutdownVm "$one" -H "Connect-Timeout-Ms: 300"
    refused "a deadline" 504 deadline_exceeded
    check "it is kept" "$((SECONDS - begun < 10))" 1
    call GetVmInfo "$one"
    succeeded "the VM is as it was" VM_STATE_RUNNING
}

end_and_remove() {
    call ShutdownVm "{\"vm_id\":\"$vm\",\"force\":true}"
    succeeded ShutdownVm VM_STATE_SHUTDOWN
    call DeleteVm "$one"
    succeeded DeleteVm
    check "DeleteVm: success" "$(json_field success)" true
    call GetVmInfo "$one"
    refused "it is gone" 404 not_found
}

begin usage "guide file h2 get gzip" "$@"
options=() version=HTTP/1.1
case $flavour in
    h2) options=(--http2-prior-knowledge) version=HTTP/2 ;;
    gzip) options=(--compressed) ;;
esac
# With TLS curl would speak HTTP/2 on its own.
[[ $base != https://* || $flavour == h2 ]] || options+=(--http1.1)
health
create
inspect
boot_pause_resume
refusals
too_late
end_and_remove
finish
