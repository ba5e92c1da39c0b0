package com.unkey.vmcp.testkit.microhttp;

import java.time.Duration;

/** What goes wrong with one request. */
public sealed interface Fault {
    /** Nothing is done for so long; all other requests wait too. */
    record DelayBefore(Duration time) implements Fault {}

    /** It is done, and the answer held back for so long. */
    record DelayAnswer(Duration time) implements Fault {}

    /** The process is gone before anything is done. */
    record CrashBefore() implements Fault {}

    /** It is done, and the process is gone before the answer. */
    record CrashAfter() implements Fault {}

    /** It is done, and the connection ends amid the answer. */
    record HalfAnswerThenEnd() implements Fault {}

    /** It is done, and the answer stops midway for good. */
    record HalfAnswerThenSilence() implements Fault {}

    /** Nothing is done and this is answered. */
    record Refuse(int status, String body) implements Fault {}
}
