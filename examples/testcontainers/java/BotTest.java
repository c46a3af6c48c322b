// Not run here. wxdev's emulator in a container, for the tests of a server on
// port 8080 of this machine, in JUnit 5: org.testcontainers:testcontainers,
// org.testcontainers:junit-jupiter.
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

@Testcontainers
class BotTest {
    @Container
    static final GenericContainer<?> emulator = new GenericContainer<>("ghcr.io/wxdev/wxdev:latest")
            .withCommand("emulator", "--addr", "0.0.0.0:8900", "--token", "letmein7", "--url", "http://host.testcontainers.internal:8080/wechat")
            .withExposedPorts(8900)
            .withAccessToHost(true)
            .waitingFor(Wait.forHttp("/__wxdev/ready"));

    final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void expose() {
        org.testcontainers.Testcontainers.exposeHostPorts(8080);
    }

    // What the server takes for https://api.weixin.qq.com.
    static String base() {
        return "http://" + emulator.getHost() + ":" + emulator.getMappedPort(8900);
    }

    @Test
    void greeting() throws Exception {
        var text = HttpRequest.newBuilder(URI.create(base() + "/__wxdev/users/alice/text"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("value=%E4%BD%A0%E5%A5%BD")).build();
        http.send(text, BodyHandlers.ofString());
        var chat = HttpRequest.newBuilder(URI.create(base() + "/__wxdev/users/alice/chat")).build();
        assertTrue(http.send(chat, BodyHandlers.ofString()).body().contains("\"from\": \"account\""));
    }
}
