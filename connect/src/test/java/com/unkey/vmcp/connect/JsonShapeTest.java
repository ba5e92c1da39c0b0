package com.unkey.vmcp.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.api.MetricDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.type.Money;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonShapeTest {

    private static final Message MONEY = Money.getDefaultInstance();
    private static final Message INFO = ErrorInfo.getDefaultInstance();
    private static final Message REQUEST = BadRequest.getDefaultInstance();
    private static final Message METRIC = MetricDescriptor.getDefaultInstance();

    @Test
    void whatIsNoJsonIsRefusedWithItsPlace() {
        List.of(
                        "{'units':1}",
                        "{units:1}",
                        "{\"units\":01}",
                        "{\"units\":1,}",
                        "{\"units\":NaN}",
                        "{\"units\":1} // done",
                        "{\"units\":1}}",
                        "{\"units\":1",
                        "{\"units\" 1}",
                        "{\"currency_code\":\"a\tb\"}",
                        "{\"units\":1,\"units\":2}",
                        "\"unterminated",
                        "nonsense")
                .forEach(body -> assertThat(complaint(MONEY, body)).startsWith("not valid JSON"));
    }

    @Test
    void emptyBodiesAreNamed() {
        assertThat(complaint(MONEY, "")).startsWith("empty request body");
        assertThat(complaint(MONEY, " \r\n\t")).startsWith("empty request body");
    }

    @Test
    void onlyUtf8IsRead() {
        assertThat(complaint(INFO, "{\"reason\":\"é\"}".getBytes(ISO_8859_1)))
                .startsWith("not valid JSON");
        assertThat(complaint(INFO, "{\"other\":\"é\"}".getBytes(ISO_8859_1)))
                .startsWith("not valid JSON");
        assertThat(complaint(INFO, "{\"reason\":\"e\"}".getBytes(UTF_16BE)))
                .startsWith("not valid JSON");
    }

    @Test
    void halfACharacterIsNoText() throws Exception {
        assertThat(complaint(INFO, "{\"reason\":\"\\ud800\"}")).contains("half a character");
        assertThat(complaint(INFO, "{\"metadata\":{\"\\udc00\":\"\"}}")).contains("surrogate");
        byte[] whole = "{\"reason\":\"\\ud83d\\ude00\"}".getBytes(UTF_8);
        JsonShape.check(whole, 0, whole.length, INFO.getDescriptorForType());
    }

    @Test
    void shapesAreHeldAgainstTheMessage() {
        assertThat(complaint(MONEY, "[]"))
                .isEqualTo("request message: expected an object, got a list");
        assertThat(complaint(MONEY, "null")).contains("expected an object, got null");
        assertThat(complaint(MONEY, "{\"currencyCode\":7}"))
                .isEqualTo("currency_code: expected a string, got 7");
        assertThat(complaint(MONEY, "{\"nanos\":true}")).contains("nanos: expected a whole number");
        assertThat(complaint(MONEY, "{\"nanos\":1.5}")).contains("got 1.5");
        assertThat(complaint(MONEY, "{\"nanos\":2147483648}")).contains("to 2147483647, got");
        assertThat(complaint(MONEY, "{\"units\":\"9223372036854775808\"}"))
                .contains("units: expected");
        assertThat(complaint(MONEY, "{\"units\":1e999999999}")).contains("units: expected");
        assertThat(complaint(INFO, "{\"metadata\":{\"k\":1}}"))
                .isEqualTo("metadata[\"k\"]: expected a string, got 1");
        assertThat(complaint(REQUEST, "{\"field_violations\":{}}"))
                .contains("field_violations: expected a list");
        assertThat(complaint(REQUEST, "{\"fieldViolations\":[{},{\"field\":{}}]}"))
                .isEqualTo("field_violations[1].field: expected a string, got an object");
        assertThat(complaint(METRIC, "{\"value_type\":\"WOOD\"}"))
                .contains("value_type: expected one of", "INT64", "got \"WOOD\"");
        assertThat(complaint(MONEY, "{\"currency_code\":\"a\",\"currencyCode\":\"b\"}"))
                .contains("currency_code: given twice");
    }

    @Test
    void whatGoReadsIsRead() throws Exception {
        accept(MONEY, "{\"units\":\"-9223372036854775808\",\"nanos\":1e2,\"currency_code\":null}");
        accept(MONEY, "{\"units\":9223372036854775807,\"nanos\":\"5\"}");
        accept(MONEY, " {\"unknown\":{\"deep\":[1,{\"x\":[]}]},\"units\":1}\n");
        accept(METRIC, "{\"value_type\":\"INT64\",\"metric_kind\":77}");
        accept(INFO, "{\"metadata\":{\"k\":\"v\"},\"reason\":\"\"}");
    }

    private static void accept(Message message, String body) throws Exception {
        byte[] bytes = body.getBytes(UTF_8);
        new JsonCodec(FieldNames.PROTO, TypeRegistry.getEmptyTypeRegistry())
                .decode(message, bytes, 0, bytes.length);
    }

    private static String complaint(Message message, String body) {
        return complaint(message, body.getBytes(UTF_8));
    }

    private static String complaint(Message message, byte[] body) {
        MalformedMessageException e =
                catchThrowableOfType(
                        MalformedMessageException.class,
                        () ->
                                JsonShape.check(
                                        body, 0, body.length, message.getDescriptorForType()));
        assertThat(e).as(new String(body, UTF_8)).isNotNull();
        return e.getMessage();
    }
}
