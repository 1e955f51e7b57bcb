package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParticipantHostsTest {

    private final ParticipantHosts hosts =
            new ParticipantHosts(List.of("orders.example", "Stock.example:8443", "[::1]"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://orders.example/compensate",
                "https://ORDERS.example:9000/compensate?a=b",
                "https://stock.example:8443/x",
                "http://[::1]:8080/x"
            })
    void allowsHostsOfTheList(String url) {
        assertThat(hosts.allow(URI.create(url))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data",
                "http://orders.example.evil.example/x",
                "http://orders.example@evil.example/x",
                "https://stock.example/x",
                "https://stock.example:8080/x",
                "file:///etc/passwd",
                "gopher://orders.example/x",
                "/compensate",
                "orders.example"
            })
    void allowsNoOthers(String url) {
        assertThat(hosts.allow(URI.create(url))).isFalse();
    }

    @Test
    void allowsAnyHostForAnAsterisk() {
        ParticipantHosts any = new ParticipantHosts(List.of("*"));

        assertThat(any.allow(URI.create("http://anywhere.example/x"))).isTrue();
        assertThat(any.allow(URI.create("file:///etc/passwd"))).isFalse();
    }

    @Test
    void looksAtEachUrlOfALink() {
        assertThat(hosts.refusalOf("<http://orders.example/a>; rel=\"compensate\""))
                .isNull();
        assertThat(hosts.refusalOf(
                        "<http://orders.example/a>; rel=\"compensate\",< http://evil.example/b >; rel=\"after\""))
                .contains("http://evil.example/b", "allowed-participants");
        assertThat(hosts.refusalOf("<http://evil example>; rel=\"compensate\"")).contains("http://evil example");
    }

    @Test
    void showsOfAUrlWhatAUrlCanHave() {
        assertThat(hosts.refusalOf("<http://evil.example/\u009b2J\u202e>; rel=\"after\""))
                .contains("http://evil.example/?2J?")
                .matches("[ -~]*");
        assertThat(hosts.refusalOf("<http://evil.example/" + "x".repeat(5000) + ">"))
                .hasSizeLessThan(600);
    }
}
