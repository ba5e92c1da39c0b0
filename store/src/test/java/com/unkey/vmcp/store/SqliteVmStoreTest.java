package com.unkey.vmcp.store;

import com.unkey.vmcp.core.port.VmStore;
import com.unkey.vmcp.testkit.store.VmStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteVmStoreTest extends VmStoreContract {

    @TempDir private Path directory;

    @Override
    protected VmStore open() {
        return SqliteVmStore.open(directory);
    }

    @Override
    protected VmStore reopen() {
        return SqliteVmStore.open(directory);
    }
}
