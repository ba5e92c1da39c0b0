/**
 * The program that the Connect conformance suite tests: its service, served by {@link
 * com.unkey.vmcp.connect.ConnectService}. Start at {@code ServerRun}, which is one server of a run.
 * {@code ConformanceCalls} are the methods as the comments of the suite's proto describe them.
 *
 * <p>The methods block and run on virtual threads. Depends on {@code connect} alone, and nothing
 * depends on it; it is built only where the suite's protos are at hand.
 */
@NullMarked
package com.unkey.vmcp.conformance;

import org.jspecify.annotations.NullMarked;
