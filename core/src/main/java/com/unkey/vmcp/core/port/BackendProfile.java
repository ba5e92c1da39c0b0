package com.unkey.vmcp.core.port;

import com.unkey.vmcp.core.vm.OptionMap;
import com.unkey.vmcp.core.vm.SpecField;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a backend tells of itself, beside its capabilities: bounds, what becomes of each field of a
 * spec, and the options it takes. What it refuses and what it tells come from the same code.
 *
 * @param fields what becomes of each field; one that is not there is honoured as it is
 */
public record BackendProfile(
        List<Limit> limits, Map<SpecField, Field> fields, List<Option> options) {

    public BackendProfile {
        limits = List.copyOf(limits);
        options = List.copyOf(options);
        fields = Map.copyOf(fields);
    }

    /** What becomes of the field. */
    public Field field(SpecField field) {
        return fields.getOrDefault(field, Field.honoured(""));
    }

    /**
     * A bound.
     *
     * @param name in lower case with underscores, the unit last where it has one; the same for all
     *     backends that have such a bound: {@code max_vcpus}
     * @param field path in the config of what it bounds; empty where it is no field
     * @param note what else there is to it; may be empty
     */
    public record Limit(String name, long value, String field, String note) {

        private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

        public Limit {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("no name for a limit: " + name);
            }
        }
    }

    /** What a backend makes of a field. */
    public enum Treatment {
        /** It does what the field says, or refuses a value that it cannot do. */
        HONOURED,
        /** Whatever it says makes no difference. */
        IGNORED,
        /** It can be left out or say what is so anyway; anything else is refused. */
        REFUSED
    }

    /**
     * What becomes of a field.
     *
     * @param accepted the only values it may have beside none; empty where that is no question
     * @param note for people; may be empty
     */
    public record Field(Treatment treatment, List<String> accepted, String note) {

        public Field {
            accepted = List.copyOf(accepted);
        }

        public static Field honoured(String note) {
            return new Field(Treatment.HONOURED, List.of(), note);
        }

        /** Honoured where it is one of these. */
        public static Field oneOf(List<String> accepted, String note) {
            return new Field(Treatment.HONOURED, accepted, note);
        }

        public static Field ignored(String note) {
            return new Field(Treatment.IGNORED, List.of(), note);
        }

        public static Field refused(String note) {
            return new Field(Treatment.REFUSED, List.of(), note);
        }
    }

    /**
     * An option that is taken.
     *
     * @param name empty for an entry that stands for names that cannot be listed, which its
     *     conditions describe
     * @param conditions what must hold besides, each a sentence without subject
     */
    public record Option(OptionMap map, String name, OptionValues values, List<String> conditions) {

        public Option {
            conditions = List.copyOf(conditions);
        }
    }
}
