package dev.caravan.coordinator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CallbackLinksTest {

    @Test
    void keepsUrlsAsTheyWereWritten() {
        assertThat(CallbackLinks.parse(
                        "<http://a/c?x=1%26y,2>; rel=\"compensate\"; title=\"a, b\"; type=\"text/plain\","
                                + " <http://a/d>;rel=complete,<http://a/other>; rel=\"next\""))
                .isEqualTo(Map.of("compensate", "http://a/c?x=1%26y,2", "complete", "http://a/d"));
    }

    @Test
    void readsWhatItWrites() {
        Map<String, String> links = Map.of("compensate", "http://a/c?x=1,2", "after", "http://a/after");

        assertThat(CallbackLinks.parse(CallbackLinks.write(links))).isEqualTo(links);
    }

    @Test
    void takesOneUrlForAll() {
        assertThat(CallbackLinks.parse("<http://a/p>; rel=\"participant\""))
                .containsEntry("compensate", "http://a/p/compensate")
                .containsEntry("complete", "http://a/p/complete")
                .containsEntry("status", "http://a/p");
        assertThat(CallbackLinks.below("http://a/p")).containsEntry("status", "http://a/p/status");
    }

    @Test
    void refusesWhatIsNoUrl() {
        assertThatThrownBy(() -> CallbackLinks.parse("<http://a b>; rel=\"compensate\""))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
