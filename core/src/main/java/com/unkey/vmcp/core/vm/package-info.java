/**
 * The model of a virtual machine: ids, spec, states, records and the rules between them. Pure
 * values, no I/O, no threads.
 */
@NullMarked
package com.unkey.vmcp.core.vm;

import org.jspecify.annotations.NullMarked;
