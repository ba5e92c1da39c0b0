// Takes one virtual machine through its life with connect-es, and checks each answer by value:
//
//     node lifecycle.js BASE-URL KERNEL FLAVOUR
//
// KERNEL is a kernel image that ignores its power button. FLAVOUR is what the client speaks: see
// flavours.js. Each check prints a line that begins with "ok" or "not ok"; the exit code is 0 only
// where all are ok.

import { subscribe } from "node:diagnostics_channel";
import { isDeepStrictEqual, inspect as show } from "node:util";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { VmService, VmState } from "./gen/vmm/v1/vm_pb.js";
import { flavours } from "./flavours.js";

const LIMIT_MS = 60_000;
// The guest ignores its power button, so a call that asks it to end would last 30 seconds.
const DEADLINE_MS = 300;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let done = 0;
let failed = 0;

function check(what, got, want) {
  done++;
  if (isDeepStrictEqual(got, want)) {
    console.log(`ok - ${what}`);
  } else {
    failed++;
    console.log(`not ok - ${what}: got ${show(got)}, want ${show(want)}`);
  }
}

async function refused(what, call, code, message) {
  const error = await call.then(
    () => undefined,
    (reason) => reason,
  );
  check(`${what}: a ConnectError`, error instanceof ConnectError, true);
  check(`${what}: code`, Code[error?.code], Code[code]);
  if (message !== undefined) {
    check(`${what}: message`, error?.rawMessage, message);
  }
  return error;
}

async function create(client, kernel) {
  const created = await client.createVm({
    config: {
      cpu: { vcpuCount: 2 },
      memory: { sizeBytes: 2147483648n },
      boot: { kernelPath: kernel },
    },
  });
  check("CreateVm generates a vm_id", UUID.test(created.vmId), true);
  check("CreateVm: state", created.state, VmState.CREATED);
  return created.vmId;
}

async function inspect(client, vmId, kernel) {
  const info = await client.getVmInfo({ vmId });
  check("GetVmInfo: vm_id", info.vmId, vmId);
  check("GetVmInfo: state", info.state, VmState.CREATED);
  check("GetVmInfo: vcpu_count", info.config.cpu.vcpuCount, 2);
  check("GetVmInfo: size_bytes", info.config.memory.sizeBytes, 2147483648n);
  check("GetVmInfo: kernel_path", info.config.boot.kernelPath, kernel);
  check("GetVmInfo: no metrics before boot", info.metrics, undefined);
  const list = await client.listVms({});
  check("ListVms: total_count", list.totalCount, 1);
  check("ListVms: vm_id", list.vms[0].vmId, vmId);
  check("ListVms: memory_size_bytes", list.vms[0].memorySizeBytes, 2147483648n);
}

async function bootPauseResume(client, vmId) {
  const booted = await client.bootVm({ vmId });
  check("BootVm", [booted.success, booted.state], [true, VmState.RUNNING]);
  const info = await infoWithMetrics(client, vmId);
  check("GetVmInfo: memory in use", info.metrics?.memoryUsageBytes > 0n, true);
  check("GetVmInfo: backend_info", info.backendInfo.vmm, "qemu");
  check("PauseVm", (await client.pauseVm({ vmId })).state, VmState.PAUSED);
  const running = await client.listVms({ stateFilter: [VmState.RUNNING] });
  check("ListVms: none is RUNNING", running.totalCount, 0);
  check("ResumeVm", (await client.resumeVm({ vmId })).state, VmState.RUNNING);
}

// Asks again until there are metrics: an answer waits for the first sample, but not for long.
async function infoWithMetrics(client, vmId) {
  const end = performance.now() + 10_000;
  let info;
  do {
    info = await client.getVmInfo({ vmId });
  } while (info.metrics === undefined && performance.now() < end);
  return info;
}

async function refusals(client, vmId) {
  const unknown = client.getVmInfo({ vmId: "no-such-vm" });
  await refused("an unknown VM", unknown, Code.NotFound, 'no VM with vm_id "no-such-vm"');
  await refused("a second boot", client.bootVm({ vmId }), Code.FailedPrecondition);
  const config = { cpu: { vcpuCount: 0 }, memory: { sizeBytes: 2147483648n } };
  const message = "config.cpu.vcpu_count: must be 1 to 1024, got 0";
  const call = client.createVm({ config });
  const error = await refused("a VM without CPUs", call, Code.InvalidArgument, message);
  check("its detail", error.details[0]?.type, "google.rpc.BadRequest");
  const value = Buffer.from(error.details[0]?.value ?? []).toString("latin1");
  check("its field", value.includes("config.cpu.vcpu_count"), true);
}

async function tooLate(client, vmId) {
  const begun = performance.now();
  const call = client.shutdownVm({ vmId }, { timeoutMs: DEADLINE_MS });
  await refused("a deadline", call, Code.DeadlineExceeded);
  check("it is kept", performance.now() - begun < 10_000, true);
  check("the VM is as it was", (await client.getVmInfo({ vmId })).state, VmState.RUNNING);
}

async function endAndRemove(client, vmId) {
  const ended = await client.shutdownVm({ vmId, force: true });
  check("ShutdownVm", [ended.success, ended.state], [true, VmState.SHUTDOWN]);
  check("DeleteVm", (await client.deleteVm({ vmId })).success, true);
  await refused("it is gone", client.getVmInfo({ vmId }), Code.NotFound);
  check("ListVms: none is left", (await client.listVms({})).totalCount, 0);
}

// What the last call looked like, since a client that silently fell back to another protocol would
// pass all other checks. An interceptor does not learn of GET, so HTTP/1.1 is watched where it is sent:
// Node tells of its own requests, and fetch is what browsers have.
let sent;
subscribe("http.client.request.start", ({ request }) => {
  sent = { verb: request.method, header: (name) => request.getHeader(name) };
});

function watchedFetch(url, request) {
  const headers = new Headers(request.headers);
  sent = { verb: request.method, header: (name) => headers.get(name) };
  return fetch(url, request);
}

function onTheWire(request) {
  const said = { verb: request.requestMethod, header: (name) => request.header.get(name) };
  const { verb, header } = sent ?? said;
  const names = ["content-type", "content-encoding", "grpc-encoding"];
  return [verb, ...names.map(header).filter(Boolean)].join(" ");
}

async function lifecycle(baseUrl, kernel, flavour) {
  const wire = {};
  const recorder = (next) => async (request) => {
    const response = await next(request);
    wire[request.method.name] = onTheWire(request);
    return response;
  };
  const transport = flavour.transport({
    baseUrl,
    defaultTimeoutMs: LIMIT_MS,
    interceptors: [recorder],
    fetch: watchedFetch,
  });
  const client = createClient(VmService, transport);
  const vmId = await create(client, kernel);
  await inspect(client, vmId, kernel);
  await bootPauseResume(client, vmId);
  await refusals(client, vmId);
  await tooLate(client, vmId);
  await endAndRemove(client, vmId);
  check("a write on the wire", wire.CreateVm, flavour.write);
  check("a read on the wire", wire.GetVmInfo, flavour.read ?? flavour.write);
}

const [baseUrl, kernel, name] = process.argv.slice(2);
if (!(name in flavours)) {
  console.error(`usage: node lifecycle.js BASE-URL KERNEL ${Object.keys(flavours).join("|")}`);
  process.exit(2);
}
try {
  await lifecycle(baseUrl, kernel, flavours[name]);
} catch (error) {
  console.error(error);
  check("the calls go well", String(error), "no error");
}
console.log(`${done} checks, ${failed} failed`);
// Connections that are kept alive would keep the program alive, too.
process.exit(failed > 0 ? 1 : 0);
