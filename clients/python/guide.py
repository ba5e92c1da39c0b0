"""The example of the users' guide: no boot, so the daemon's default kernel is taken."""

import requests


def create_vm(base_url):
    response = requests.post(
        f"{base_url}/vmm.v1.VmService/CreateVm",
        json={
            "config": {
                "cpu": {"vcpu_count": 2},
                "memory": {"size_bytes": 2147483648}
            }
        }
    )
    return response
