package com.unkey.vmcp.store;

import com.unkey.vmcp.core.failure.VmException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * The steps that bring a database to the schema this version works with. {@code PRAGMA
 * user_version} counts those it has behind it.
 */
final class Migrations {

    private final List<String> scripts;

    /** Takes the text of each migration; the first is number 1. */
    Migrations(List<String> scripts) {
        this.scripts = List.copyOf(scripts);
    }

    /** The ones that come with this version. */
    static Migrations shipped() {
        return new Migrations(List.of(resource("V001__vms_and_meta.sql")));
    }

    /**
     * Refuses a database that a newer version of the daemon has written.
     *
     * @throws VmException with {@code Unavailable}
     */
    void checkKnown(Path file, long version) {
        if (version > scripts.size()) {
            throw VmException.unavailable(
                    "%s has schema version %d; this daemon knows versions up to %d"
                            .formatted(file, version, scripts.size()));
        }
    }

    /** Runs what is missing, each migration in a transaction of its own. */
    void run(Database database) throws SQLException {
        for (int done = (int) database.version(); done < scripts.size(); done++) {
            database.begin();
            try {
                database.execute(scripts.get(done));
                database.execute("PRAGMA user_version = " + (done + 1));
                database.commit();
            } catch (SQLException e) {
                database.rollback(e);
                throw e;
            }
        }
    }

    private static String resource(String name) {
        try (InputStream in = Migrations.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("migration " + name + " is not in the package");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("migration " + name + " cannot be read", e);
        }
    }
}
