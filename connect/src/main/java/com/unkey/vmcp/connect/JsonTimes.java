package com.unkey.vmcp.connect;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Holds times against their JSON more strictly than JsonFormat, which takes the 30th of February.
 */
final class JsonTimes {

    private static final Pattern TIMESTAMP =
            Pattern.compile(
                    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?"
                            + "(Z|[+-][0-9]{2}:[0-9]{2})");
    private static final Pattern DURATION = Pattern.compile("-?[0-9]*(\\.[0-9]{0,9})?s");

    private JsonTimes() {}

    /** What is wrong with the parser's current value for this type; null where nothing is. */
    static @Nullable String complaint(JsonParser json, Descriptor type) {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            return null;
        }
        String text = json.getString();
        if (type.equals(Timestamp.getDescriptor()) && !isTimestamp(text)) {
            return "expected a time as in RFC 3339, got " + JsonScalars.named(json);
        }
        if (type.equals(Duration.getDescriptor()) && !DURATION.matcher(text).matches()) {
            return "expected seconds with at most 9 digits after the point and an s, got "
                    + JsonScalars.named(json);
        }
        return null;
    }

    private static boolean isTimestamp(String text) {
        try {
            return TIMESTAMP.matcher(text).matches() && OffsetDateTime.parse(text).getYear() > 0;
        } catch (DateTimeException e) {
            return false;
        }
    }
}
