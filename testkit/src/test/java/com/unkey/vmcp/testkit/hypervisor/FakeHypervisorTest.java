package com.unkey.vmcp.testkit.hypervisor;

import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.testkit.store.SampleRecords;
import java.util.concurrent.atomic.AtomicLong;

/** The fake holds to the contract of real hypervisors. */
class FakeHypervisorTest extends HypervisorContract {

    @Override
    protected HypervisorBench openBench() {
        return new FakeBench();
    }

    /** Its guests come further each time somebody looks while they run. */
    private static final class FakeBench implements HypervisorBench {

        private final FakeHypervisor fake = new FakeHypervisor();
        private final AtomicLong progress = new AtomicLong();
        private final AtomicLong sequence = new AtomicLong();

        @Override
        public Hypervisor hypervisor() {
            return fake;
        }

        @Override
        public void restartDaemon() {
            // Nothing of a daemon is in the fake.
        }

        @Override
        public LaunchPlan newVm() {
            return LaunchPlan.of(SampleRecords.numbered(sequence.incrementAndGet()));
        }

        @Override
        public LaunchPlan newVmThatCannotStart() {
            fake.faults().failNext("launch");
            return newVm();
        }

        @Override
        public int starts(LaunchPlan vm) {
            return fake.find(vm.shortId()).map(FakeVmm::boots).orElse(0);
        }

        @Override
        public long progress(LaunchPlan vm) {
            boolean runs =
                    fake.find(vm.shortId())
                            .filter(vmm -> vmm.observe() instanceof Observation.Running)
                            .isPresent();
            return runs ? progress.incrementAndGet() : progress.get();
        }

        @Override
        public void crash(LaunchPlan vm) {
            fake.find(vm.shortId()).orElseThrow().crash("killed");
        }

        @Override
        public boolean lives(LaunchPlan vm) {
            return fake.find(vm.shortId()).filter(FakeVmm::alive).isPresent();
        }

        @Override
        public boolean leftBehind(LaunchPlan vm) {
            return fake.kept().contains(vm.shortId());
        }

        @Override
        public void close() {
            // The fake is in memory.
        }
    }
}
