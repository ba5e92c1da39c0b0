package com.unkey.vmcp.backends.inmemory;

import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.testkit.hypervisor.HypervisorBench;
import com.unkey.vmcp.testkit.hypervisor.HypervisorContract;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

class InMemoryContractTest extends HypervisorContract {

    @Override
    protected HypervisorBench openBench() {
        return new Bench();
    }

    private static final class Bench implements HypervisorBench {

        private static final int MOST = 8;

        private final Map<ShortId, InMemoryVmm> vmms = new ConcurrentHashMap<>();
        private InMemoryHypervisor hypervisor = new InMemoryHypervisor(vmms, MOST);

        @Override
        public Hypervisor hypervisor() {
            return hypervisor;
        }

        @Override
        public void restartDaemon() {
            hypervisor = new InMemoryHypervisor(vmms, MOST);
        }

        @Override
        public LaunchPlan newVm() {
            return Vms.of(Path.of("/kernel")).plan();
        }

        /** There are too many already. */
        @Override
        public LaunchPlan newVmThatCannotStart() {
            for (int i = 0; i < MOST; i++) {
                hypervisor.launch(newVm(), () -> {}).close();
            }
            return newVm();
        }

        @Override
        public int starts(LaunchPlan vm) {
            return vmm(vm).map(InMemoryVmm::starts).orElse(0);
        }

        @Override
        public long progress(LaunchPlan vm) {
            return vmm(vm).map(InMemoryVmm::ran).orElse(0L);
        }

        @Override
        public void crash(LaunchPlan vm) {
            vmm(vm).orElseThrow().die("killed");
        }

        @Override
        public boolean lives(LaunchPlan vm) {
            return vmm(vm).filter(InMemoryVmm::isAlive).isPresent();
        }

        @Override
        public boolean leftBehind(LaunchPlan vm) {
            return vmm(vm).isPresent();
        }

        private Optional<InMemoryVmm> vmm(LaunchPlan vm) {
            return Optional.ofNullable(vmms.get(vm.shortId()));
        }

        @Override
        public void close() {
            vmms.clear();
        }
    }
}
