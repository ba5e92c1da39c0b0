package com.unkey.vmcp.rpc;

import com.unkey.vmcp.api.v1.CreateVmResponse;
import com.unkey.vmcp.api.v1.GetVmInfoResponse;
import com.unkey.vmcp.api.v1.ListVmsResponse;
import com.unkey.vmcp.api.v1.NetworkStats;
import com.unkey.vmcp.api.v1.StorageStats;
import com.unkey.vmcp.api.v1.VmInfo;
import com.unkey.vmcp.api.v1.VmMetrics;
import com.unkey.vmcp.core.control.Metrics;
import com.unkey.vmcp.core.control.VmPage;
import com.unkey.vmcp.core.control.VmView;
import com.unkey.vmcp.core.port.Sample;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmSpec;

/** What the core knows, as the API answers it. */
final class Responses {

    private Responses() {}

    static CreateVmResponse created(VmRecord record) {
        return CreateVmResponse.newBuilder()
                .setVmId(record.id().value())
                .setState(States.write(record.state().kind()))
                .build();
    }

    static GetVmInfoResponse info(VmView view) {
        VmRecord record = view.record();
        GetVmInfoResponse.Builder info =
                GetVmInfoResponse.newBuilder()
                        .setVmId(record.id().value())
                        .setConfig(ConfigWriter.write(record.definition().spec()))
                        .setState(States.write(record.state().kind()))
                        .putAllBackendInfo(view.backendInfo());
        view.metrics().map(Responses::metrics).ifPresent(info::setMetrics);
        return info.build();
    }

    private static VmMetrics metrics(Metrics metrics) {
        return VmMetrics.newBuilder()
                .setCpuUsagePercent(metrics.cpuUsagePercent())
                .setMemoryUsageBytes(metrics.memoryUsageBytes())
                .setNetworkStats(network(metrics.network()))
                .setStorageStats(storage(metrics.storage()))
                .setUptimeSeconds(metrics.uptimeSeconds())
                .build();
    }

    private static NetworkStats network(Sample.NetworkCounters counters) {
        return NetworkStats.newBuilder()
                .setBytesReceived(counters.bytesReceived())
                .setBytesTransmitted(counters.bytesTransmitted())
                .setPacketsReceived(counters.packetsReceived())
                .setPacketsTransmitted(counters.packetsTransmitted())
                .build();
    }

    private static StorageStats storage(Sample.StorageCounters counters) {
        return StorageStats.newBuilder()
                .setBytesRead(counters.bytesRead())
                .setBytesWritten(counters.bytesWritten())
                .setReadOperations(counters.readOperations())
                .setWriteOperations(counters.writeOperations())
                .build();
    }

    static ListVmsResponse page(VmPage page) {
        ListVmsResponse.Builder list =
                ListVmsResponse.newBuilder()
                        .setNextPageToken(page.nextPageToken())
                        .setTotalCount(page.totalCount());
        page.vms().stream().map(Responses::listed).forEach(list::addVms);
        return list.build();
    }

    private static VmInfo listed(VmRecord record) {
        VmSpec spec = record.definition().spec();
        return VmInfo.newBuilder()
                .setVmId(record.id().value())
                .setState(States.write(record.state().kind()))
                .setVcpuCount(spec.vcpuCount())
                .setMemorySizeBytes(spec.memoryBytes())
                .setCreatedTimestamp(record.identity().created().getEpochSecond())
                .setModifiedTimestamp(record.revision().at().getEpochSecond())
                .putAllMetadata(spec.metadata())
                .build();
    }
}
