/**
 * Connect, gRPC and gRPC-Web for any grpc-java service, on Armeria. Start at {@link
 * com.unkey.vmcp.connect.ConnectService}, which owns the paths of the services it is given.
 *
 * <p>Each method has a {@code MethodService}, prepared once, that makes the checks and picks {@code
 * Encoding} and {@code Compression}. Each request becomes a {@code Call}, the {@link
 * io.grpc.ServerCall} that interceptors and methods see. What comes in is either one body ({@code
 * RequestBody}) or a stream of envelopes ({@code RequestStream}); what goes out is a {@code
 * WholeAnswer} or a {@code StreamedAnswer}. How the protocols differ is in the four kinds of {@code
 * Protocol} and nowhere else; messages are read and written by a {@code Codec}.
 *
 * <p>Bodies arrive on Armeria's event loops, which are never blocked: decoding, interceptors and
 * methods run on the executor in {@link com.unkey.vmcp.connect.ConnectOptions}, for one call on one
 * thread at a time. Knows nothing of virtual machines and depends on no other module.
 */
@NullMarked
package com.unkey.vmcp.connect;

import org.jspecify.annotations.NullMarked;
