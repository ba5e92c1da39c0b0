/**
 * What tests of and around the record store need: the contract suite {@link
 * com.unkey.vmcp.testkit.store.VmStoreContract}, the fake {@link
 * com.unkey.vmcp.testkit.store.InMemoryVmStore}, and records to fill a store with, ready-made in
 * {@link com.unkey.vmcp.testkit.store.SampleRecords} or random in {@link
 * com.unkey.vmcp.testkit.store.RandomRecords}.
 *
 * <p>The fake is safe on every thread. Depends on core, JUnit and AssertJ, on no real store.
 */
@NullMarked
package com.unkey.vmcp.testkit.store;

import org.jspecify.annotations.NullMarked;
