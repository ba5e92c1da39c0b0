/**
 * {@link com.unkey.vmcp.core.port.VmStore} on SQLite. Start at {@link
 * com.unkey.vmcp.store.SqliteVmStore}; what runs where is in {@code StoreWriter}.
 *
 * <p>One file, {@code vmm-controlplane.db}, in WAL mode with {@code synchronous=FULL}. Its schema,
 * as the last migration leaves it:
 *
 * <pre>
 *  vms                                          meta (one row)
 *  ----------------------------------------     -------------------------------------------
 *  sequence    primary key, creation order      one            1
 *  id          unique, the client's name        last_sequence  highest ever inserted
 *  short_id    unique, our name                 secret         32 random bytes
 *  backend
 *  definition  document: spec and host files
 *  state       document: kind and what is true there
 *  state_kind  the kind, for people who look
 *  intent      document, or null
 *  last_exit   text, or null
 *  revision    count of changes
 *  created, modified   ISO 8601, UTC, nanoseconds
 * </pre>
 *
 * <p>Documents are JSON objects with a {@code version}. Within a version, fields may be added:
 * readers ignore those they do not know and take the empty value for those that are missing. A
 * change that is more than that needs a numbered migration, {@code V002__what_it_does.sql} and so
 * on, each run in one transaction and never edited after a release.
 *
 * <p>Threading: one platform thread, {@code store-writer}, makes every call into SQLite. Documents
 * are written and read on the callers' threads. Depends on core, SQLite, Jackson and SLF4J.
 */
@NullMarked
package com.unkey.vmcp.store;

import org.jspecify.annotations.NullMarked;
