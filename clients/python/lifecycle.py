"""Takes one virtual machine through its life with requests, and checks each answer by value.

    lifecycle.py BASE-URL KERNEL FLAVOUR

KERNEL is a kernel image that ignores its power button; it is also the daemon's default kernel.
FLAVOUR: json (POST, as the users' guide has it), camel (requests in protobuf's own JSON names), gzip
(compressed requests), get (the calls without side effects by GET). Each check prints a line that
begins with "ok" or "not ok"; the exit code is 0 only where all are ok.
"""

import base64
import gzip
import json
import re
import sys
import time

import requests

import guide

LIMIT = 60
DEADLINE_MS = 300
READS = {"GetVmInfo", "ListVms"}

done = failed = 0


def check(what, got, want):
    global done, failed
    done += 1
    if got == want:
        print(f"ok - {what}")
    else:
        failed += 1
        print(f"not ok - {what}: got {got!r}, want {want!r}")


def camel(value):
    """The same value with vcpuCount for vcpu_count, at every depth."""
    if isinstance(value, dict):
        return {re.sub("_(.)", lambda m: m[1].upper(), key): camel(v) for key, v in value.items()}
    return value


class Api:
    def __init__(self, base_url, flavour):
        self.base_url, self.flavour = base_url, flavour
        self.session = requests.Session()

    def call(self, method, request, **headers):
        url = f"{self.base_url}/vmm.v1.VmService/{method}"
        if self.flavour == "get" and method in READS:
            query = {"connect": "v1", "encoding": "json", "message": json.dumps(request)}
            return self.session.get(url, params=query, timeout=LIMIT)
        if self.flavour == "gzip":
            headers |= {"Content-Type": "application/json", "Content-Encoding": "gzip"}
            body = gzip.compress(json.dumps(request).encode())
            return self.session.post(url, data=body, headers=headers, timeout=LIMIT)
        if self.flavour == "camel":
            request = camel(request)
        return self.session.post(url, json=request, headers=headers, timeout=LIMIT)

    def ok(self, method, request):
        response = self.call(method, request)
        check(f"{method}: HTTP status", response.status_code, 200)
        check(f"{method}: content type", response.headers["content-type"], "application/json")
        return response.json()

    def refused(self, what, response, status, code, message=None):
        check(f"{what}: HTTP status", response.status_code, status)
        try:
            response.raise_for_status()
            check(f"{what} raises", None, "requests.HTTPError")
        except requests.HTTPError as error:
            check(f"{what}: code", error.response.json()["code"], code)
        if message:
            check(f"{what}: message", response.json()["message"], message)
        return response.json()


def inspect(api, vm, kernel):
    info = api.ok("GetVmInfo", {"vm_id": vm})
    check("GetVmInfo: vm_id", info["vm_id"], vm)
    check("GetVmInfo: state", info["state"], "VM_STATE_CREATED")
    check("GetVmInfo: cpu", info["config"]["cpu"], {"vcpu_count": 2})
    check("GetVmInfo: memory", info["config"]["memory"], {"size_bytes": "2147483648"})
    check("GetVmInfo: boot", info["config"]["boot"], {"kernel_path": kernel})
    listed = api.ok("ListVms", {})
    check("ListVms: total_count", listed["total_count"], 1)
    check("ListVms: vm_id", listed["vms"][0]["vm_id"], vm)


def boot_pause_resume(api, vm):
    check("BootVm", api.ok("BootVm", {"vm_id": vm}), {"success": True, "state": "VM_STATE_RUNNING"})
    check("GetVmInfo: memory in use", int(metrics(api, vm)["memory_usage_bytes"]) > 0, True)
    check("PauseVm", api.ok("PauseVm", {"vm_id": vm})["state"], "VM_STATE_PAUSED")
    running = api.ok("ListVms", {"state_filter": ["VM_STATE_RUNNING"]})
    check("ListVms: none is RUNNING", running.get("total_count", 0), 0)
    check("ResumeVm", api.ok("ResumeVm", {"vm_id": vm})["state"], "VM_STATE_RUNNING")


def metrics(api, vm):
    """Asks again until they are there: an answer waits for the first sample, but not for long."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        info = api.ok("GetVmInfo", {"vm_id": vm})
        if "metrics" in info:
            return info["metrics"]
    return {"memory_usage_bytes": "0"}


def refusals(api, vm):
    response = api.call("GetVmInfo", {"vm_id": "no-such-vm"})
    api.refused("an unknown VM", response, 404, "not_found", 'no VM with vm_id "no-such-vm"')
    response = api.call("BootVm", {"vm_id": vm})
    api.refused("a second boot", response, 400, "failed_precondition")
    config = {"cpu": {"vcpu_count": 0}, "memory": {"size_bytes": 2147483648}}
    response = api.call("CreateVm", {"config": config})
    message = "config.cpu.vcpu_count: must be 1 to 1024, got 0"
    refusal = api.refused("a VM without CPUs", response, 400, "invalid_argument", message)
    detail = refusal["details"][0]
    check("its detail", detail["type"], "google.rpc.BadRequest")
    value = base64.b64decode(detail["value"] + "==")
    check("its field", b"config.cpu.vcpu_count" in value, True)


def too_late(api, vm):
    """The guest ignores its power button, so this call would last 30 seconds."""
    begun = time.monotonic()
    response = api.call("ShutdownVm", {"vm_id": vm}, **{"Connect-Timeout-Ms": str(DEADLINE_MS)})
    api.refused("a deadline", response, 504, "deadline_exceeded")
    check("it is kept", time.monotonic() - begun < 10, True)
    state = api.ok("GetVmInfo", {"vm_id": vm})["state"]
    check("the VM is as it was", state, "VM_STATE_RUNNING")


def remove(api, vm):
    check("DeleteVm", api.ok("DeleteVm", {"vm_id": vm}), {"success": True})
    api.refused("it is gone", api.call("GetVmInfo", {"vm_id": vm}), 404, "not_found")


def lifecycle(base_url, kernel, flavour):
    health = requests.get(f"{base_url}/_/health", timeout=LIMIT).json()
    check("health", (health["status"], health["backend"]), ("healthy", "qemu"))
    api = Api(base_url, flavour)
    created = api.ok("CreateVm", {"config": {
        "cpu": {"vcpu_count": 2},
        "memory": {"size_bytes": 2147483648},
        "boot": {"kernel_path": kernel},
    }})
    check("CreateVm", created["state"], "VM_STATE_CREATED")
    vm = created["vm_id"]
    inspect(api, vm, kernel)
    boot_pause_resume(api, vm)
    refusals(api, vm)
    too_late(api, vm)
    ended = api.ok("ShutdownVm", {"vm_id": vm, "force": True})
    check("ShutdownVm", ended, {"success": True, "state": "VM_STATE_SHUTDOWN"})
    remove(api, vm)
    created = guide.create_vm(base_url).json()
    check("the guide's example", created["state"], "VM_STATE_CREATED")
    remove(api, created["vm_id"])


def main():
    if len(sys.argv) != 4 or sys.argv[3] not in ("json", "camel", "gzip", "get"):
        sys.exit("usage: lifecycle.py BASE-URL KERNEL json|camel|gzip|get")
    lifecycle(*sys.argv[1:])
    print(f"{done} checks, {failed} failed")
    sys.exit(failed > 0)


main()
