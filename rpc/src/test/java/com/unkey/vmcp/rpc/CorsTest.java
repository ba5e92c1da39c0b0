package com.unkey.vmcp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What browsers are told of who may call. */
class CorsTest {

    private static final String APP = "https://app.example.com";
    private static final String DEV = "http://localhost:5173";
    private static final String LIST = "/vmm.v1.VmService/ListVms";

    private RunningServer running;
    private JsonClient client;

    private void start(String origins) throws Exception {
        running = new RunningServer(settings -> settings.browsers(CorsOrigins.parse(origins)));
        client = running.client(HttpClient.Version.HTTP_1_1);
    }

    @AfterEach
    void stop() {
        if (running != null) {
            client.close();
            running.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LIST, "/vmm.v1.VmService/CreateVm", "/_/health", "/health", "/none"})
    void aPreflightIsAnsweredOnEveryPath(String path) throws Exception {
        start(APP + ", " + DEV);

        for (String origin : new String[] {APP, DEV}) {
            HttpResponse<String> answer = preflight(path, origin);
            assertThat(answer.statusCode()).isEqualTo(204);
            assertThat(header(answer, "access-control-allow-origin")).isEqualTo(origin);
            assertThat(header(answer, "access-control-allow-methods")).contains("GET", "POST");
            assertThat(header(answer, "access-control-max-age")).isEqualTo("7200");
            assertThat(header(answer, "vary")).isEqualTo("Origin");
            assertThat(header(answer, "access-control-allow-headers").toLowerCase(Locale.ROOT))
                    .contains(
                            "content-type",
                            "authorization",
                            "connect-protocol-version",
                            "connect-timeout-ms",
                            "x-grpc-web",
                            "grpc-timeout",
                            "x-user-agent");
        }
    }

    @Test
    void aCallIsMarkedForThePageThatMayRead() throws Exception {
        start(APP);

        HttpResponse<String> answer = client.call("ListVms", "{}", "origin", APP);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "access-control-allow-origin")).isEqualTo(APP);
        assertThat(header(answer, "access-control-expose-headers"))
                .contains("Grpc-Status", "Grpc-Message", "Grpc-Status-Details-Bin");
        assertThat(answer.headers().allValues("vary")).contains("Origin");
        assertThat(answer.headers().firstValue("access-control-allow-credentials")).isEmpty();
    }

    @Test
    void failuresAreMarkedToo() throws Exception {
        start(APP);

        HttpResponse<String> answer =
                client.call("GetVmInfo", "{\"vm_id\":\"none\"}", "origin", APP);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(header(answer, "access-control-allow-origin")).isEqualTo(APP);
        HttpResponse<String> none =
                client.send(client.at("/none").header("origin", APP).GET().build());
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(header(none, "access-control-allow-origin")).isEqualTo(APP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example.com",
                "http://app.example.com",
                "https://app.example.com:8443",
                "https://app.example.com.evil.org",
                "null"
            })
    void anotherPageGetsNoMark(String origin) throws Exception {
        start(APP);

        HttpResponse<String> answer = client.call("ListVms", "{}", "origin", origin);
        assertThat(answer.statusCode()).isEqualTo(200);
        unmarked(answer);
        assertThat(answer.headers().allValues("vary")).contains("Origin");
        HttpResponse<String> preflight = preflight(LIST, origin);
        assertThat(preflight.statusCode()).isEqualTo(405);
        unmarked(preflight);
    }

    @Test
    void whoIsNoPageGetsNoMark() throws Exception {
        start(APP);

        HttpResponse<String> answer = client.call("ListVms", "{}");
        unmarked(answer);
        assertThat(answer.headers().allValues("vary")).contains("Origin");
    }

    @Test
    void everyPageMayWhereTheOperatorSaysSo() throws Exception {
        start("*");

        HttpResponse<String> answer = client.call("ListVms", "{}", "origin", "https://any.org");
        assertThat(header(answer, "access-control-allow-origin")).isEqualTo("*");
        assertThat(answer.headers().allValues("vary")).doesNotContain("Origin");
        assertThat(preflight(LIST, "null").statusCode()).isEqualTo(204);
    }

    @Test
    void thereIsNothingOfItByDefault() throws Exception {
        running = new RunningServer();
        client = running.client(HttpClient.Version.HTTP_2);

        HttpResponse<String> answer = client.call("ListVms", "{}", "origin", APP);
        unmarked(answer);
        assertThat(answer.headers().allValues("vary")).doesNotContain("Origin");
        assertThat(preflight(LIST, APP).statusCode()).isEqualTo(405);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "app.example.com",
                "https://",
                "https://app.example.com/",
                "https://app.example.com/path",
                "https://App.example.com",
                "https://app.example.com:443",
                "http://localhost:80",
                "https://user@app.example.com",
                "https://*.example.com",
                "*,https://app.example.com",
                "https://a.org,,https://b.org",
                "null"
            })
    void whatNoBrowserWouldSendIsNoOrigin(String text) {
        assertThatThrownBy(() -> CorsOrigins.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void originsAreReadAsTheyAreWritten() {
        assertThat(
                        CorsOrigins.parse("https://a.org , http://[::1]:8080,tauri://localhost")
                                .allowed())
                .containsExactlyInAnyOrder(
                        "https://a.org", "http://[::1]:8080", "tauri://localhost");
    }

    private HttpResponse<String> preflight(String path, String origin) throws Exception {
        return client.send(
                client.at(path)
                        .header("origin", origin)
                        .header("access-control-request-method", "POST")
                        .header("access-control-request-headers", "content-type")
                        .method("OPTIONS", BodyPublishers.noBody())
                        .build());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static void unmarked(HttpResponse<?> response) {
        assertThat(response.headers().map().keySet())
                .noneMatch(name -> name.startsWith("access-control-"));
    }
}
