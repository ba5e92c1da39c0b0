package com.unkey.vmcp.store;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite's result codes mean to callers. */
final class SqlFailures {

    private static final int PRIMARY_CODE = 0xff;

    private SqlFailures() {}

    /** The failure of {@code operation}; nothing of the host's paths in its message. */
    static VmException translate(String operation, Throwable e) {
        if (e instanceof VmException translated) {
            return translated;
        }
        if (e instanceof SQLException sql && isDiskFull(sql)) {
            String message = operation + ": the state directory's disk is full";
            return new VmException(new VmFailure.LimitReached(message), e);
        }
        return VmException.unavailable(operation + ": the state database failed: " + reason(e), e);
    }

    /** Whether a row breaks a rule of the schema. */
    static boolean isConstraint(SQLException e) {
        return primary(e) == SQLiteErrorCode.SQLITE_CONSTRAINT.code;
    }

    /** A shared-memory file that cannot grow is a full disk as well. */
    private static boolean isDiskFull(SQLException e) {
        return primary(e) == SQLiteErrorCode.SQLITE_FULL.code
                || e.getErrorCode() == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE.code;
    }

    private static int primary(SQLException e) {
        return e.getErrorCode() & PRIMARY_CODE;
    }

    private static String reason(Throwable e) {
        return e instanceof SQLiteException sqlite ? sqlite.getResultCode().name() : e.toString();
    }
}
