package com.unkey.vmcp.store;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.vm.Revision;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmIdentity;
import com.unkey.vmcp.core.vm.VmRecord;
import java.time.DateTimeException;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/** A row of {@code vms}: a record with its documents still, or already, in writing. */
record StoredVm(VmIdentity identity, Documents documents, Revision revision) {

    record Documents(
            String definition, String state, Optional<String> intent, Optional<String> lastExit) {}

    static StoredVm of(VmRecord record) {
        Documents documents =
                new Documents(
                        DefinitionDocument.write(record.definition()),
                        StateDocument.write(record.state()),
                        record.intent().map(IntentDocument::write),
                        record.lastExit());
        return new StoredVm(record.identity(), documents, record.revision());
    }

    VmId id() {
        return identity.id();
    }

    /**
     * The record this row is about.
     *
     * @throws VmException with {@code Unavailable} where a document makes no sense
     */
    VmRecord toRecord() {
        try {
            return new VmRecord(
                    identity,
                    DefinitionDocument.read(documents.definition()),
                    StateDocument.read(documents.state()),
                    documents.intent().map(IntentDocument::read),
                    documents.lastExit(),
                    revision);
        } catch (JacksonException | DateTimeException | IllegalArgumentException e) {
            throw VmException.unavailable(
                    "the record of vm_id \"" + id() + "\" cannot be read: " + e.getMessage(), e);
        }
    }
}
