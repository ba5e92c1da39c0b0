#!/usr/bin/env bash
# Takes one virtual machine through its life with grpcurl, and checks each answer by value.
set -euo pipefail

clients=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=clients/checks.sh
source "$clients/checks.sh"
# shellcheck source=scripts/lib/api.sh
source "$clients/../scripts/lib/api.sh"

usage() {
    cat <<'USAGE'
usage: clients/grpcurl/lifecycle.sh BASE-URL KERNEL FLAVOUR

KERNEL is a kernel image that ignores its power button. FLAVOUR is one of
  proto       the API is known from its .proto file
  reflection  the daemon tells it (UNKEY_VMCP_REFLECTION=true)
GRPCURL names the program where it is not the grpcurl on PATH.
Each check prints a line that begins with "ok" or "not ok"; exit code 0 only where all are ok.
USAGE
}

# call METHOD JSON [OPTION...]: sets ANSWER and, where the call failed, ERROR and its gRPC CODE.
call() {
    local method=$1 json=$2 result=0
    shift 2
    ANSWER=$("${GRPCURL:-grpcurl}" "${plain[@]}" -max-time 60 "${api[@]}" "$@" -d "$json" \
        "$address" "$method" 2>error) || result=$?
    ERROR=$(<error) CODE=''
    ((result == 0)) || CODE=$(sed -n 's/^ *Code: //p' error)
}

# field NAME: of ANSWER, in either spelling; grpcurl prints JSON names only where the definition that
# it has carries them.
field() {
    # shellcheck disable=SC2001 # an expression, not a string
    json_field "$(sed 's/_\(.\)/_?[\1\U\1]/g' <<<"$1")"
}

# succeeds METHOD JSON [STATE]
succeeds() {
    call "vmm.v1.VmService/$1" "$2"
    check "$1: error" "$ERROR" ''
    [[ -z ${3:-} ]] || check "$1: state" "$(json_field state)" "$3"
}

# refused WHAT CODE [MESSAGE]: of the last call.
refused() {
    check "$1: code" "$CODE" "$2"
    [[ -z ${3:-} ]] || check "$1: message" "$(sed -n 's/^ *Message: //p' <<<"$ERROR")" "$3"
}

# grpcurl has the service's definition from the daemon or, without reflection, from here.
health() {
    if [[ $flavour == proto ]]; then
        cat >health.proto <<'PROTO'
syntax = "proto3";
package grpc.health.v1;
service Health { rpc Check(HealthCheckRequest) returns (HealthCheckResponse); }
message HealthCheckRequest { string service = 1; }
message HealthCheckResponse {
  enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
  ServingStatus status = 1;
}
PROTO
        local api=(-import-path . -proto health.proto)
    fi
    call grpc.health.v1.Health/Check '{}'
    check "health of the daemon" "$(json_field status)$ERROR" SERVING
    call grpc.health.v1.Health/Check '{"service":"vmm.v1.VmService"}'
    check "health of the service" "$(json_field status)$ERROR" SERVING
    call grpc.health.v1.Health/Check '{"service":"no.such.Service"}'
    refused "health of an unknown service" NotFound
}

reflection() {
    ANSWER=$("${GRPCURL:-grpcurl}" "${plain[@]}" -max-time 60 "$address" list)
    check_contains "reflection lists the API" "$ANSWER" vmm.v1.VmService
    check_contains "reflection lists the health service" "$ANSWER" grpc.health.v1.Health
    ANSWER=$("${GRPCURL:-grpcurl}" "${plain[@]}" -max-time 60 "$address" describe vmm.v1.CreateVmRequest)
    check_contains "reflection describes a message" "$ANSWER" '.vmm.v1.VmConfig config = 2;'
}

create() {
    succeeds CreateVm "{\"config\":{\"cpu\":{\"vcpu_count\":2},\"memory\":{\"size_bytes\":2147483648},
        \"boot\":{\"kernel_path\":$(json_string "$kernel")}}}" VM_STATE_CREATED
    vm=$(field vm_id)
    one="{\"vm_id\":\"$vm\"}"
}

inspect() {
    succeeds GetVmInfo "$one" VM_STATE_CREATED
    check "GetVmInfo: vm_id" "$(field vm_id)" "$vm"
    check "GetVmInfo: vcpu_count" "$(field vcpu_count)" 2
    check "GetVmInfo: size_bytes" "$(field size_bytes)" 2147483648
    check "GetVmInfo: kernel_path" "$(field kernel_path)" "$kernel"
    succeeds ListVms '{}'
    check "ListVms: total_count" "$(field total_count)" 1
    check "ListVms: vm_id" "$(field vm_id)" "$vm"
}

boot_pause_resume() {
    succeeds BootVm "$one" VM_STATE_RUNNING
    check "BootVm: success" "$(json_field success)" true
    succeeds PauseVm "$one" VM_STATE_PAUSED
    succeeds ListVms '{"state_filter":["VM_STATE_RUNNING"]}'
    check "ListVms: none is RUNNING" "$(field total_count)" ''
    succeeds ResumeVm "$one" VM_STATE_RUNNING
}

refusals() {
    call vmm.v1.VmService/GetVmInfo '{"vm_id":"no-such-vm"}'
    refused "an unknown VM" NotFound 'no VM with vm_id "no-such-vm"'
    call vmm.v1.VmService/BootVm "$one"
    refused "a second boot" FailedPrecondition
    call vmm.v1.VmService/CreateVm '{"config":{"cpu":{"vcpu_count":0},"memory":{"size_bytes":2147483648}}}'
    refused "a VM without CPUs" InvalidArgument 'config.cpu.vcpu_count: must be 1 to 1024, got 0'
    check_contains "its detail" "$ERROR" google.rpc.BadRequest
}

# The guest ignores its power button, so the first of these calls would last 30 seconds.
too_late() {
    local begun=$SECONDS
    call vmm.v1.VmService/ShutdownVm "$one" -max-time 0.5
    refused "a deadline" DeadlineExceeded
    check "it is kept" "$((SECONDS - begun < 10))" 1
    succeeds GetVmInfo "$one" VM_STATE_RUNNING
}

end_and_remove() {
    succeeds ShutdownVm "{\"vm_id\":\"$vm\",\"force\":true}" VM_STATE_SHUTDOWN
    succeeds DeleteVm "$one"
    check "DeleteVm: success" "$(json_field success)" true
    call vmm.v1.VmService/GetVmInfo "$one"
    refused "it is gone" NotFound
}

begin usage "proto reflection" "$@"
address=${base#*://} api=() plain=()
[[ $base == https://* ]] || plain=(-plaintext)
if [[ $flavour == proto ]]; then
    api=(-import-path "$clients/../api/src/main/proto" -proto vmm/v1/vm.proto)
else
    reflection
fi
health
create
inspect
boot_pause_resume
refusals
too_late
end_and_remove
finish
