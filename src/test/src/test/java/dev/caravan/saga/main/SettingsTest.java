package dev.caravan.saga.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Settings settings = new Settings(context);

    @Test
    void hasTheDefaultsOfSpringBoot() throws IOException {
        Map<String, String> spring = new HashMap<>();
        try (InputStream metadata = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode property : new ObjectMapper().readTree(metadata).path("properties")) {
                spring.put(
                        property.path("name").asText(),
                        property.path("defaultValue").asText());
            }
        }

        assertThat(spring).containsAllEntriesOf(Settings.DEFAULTS);
    }

    @Test
    void readsWhatTheApplicationSets() {
        context.getPropertiesComponent().addInitialProperty("caravan.session-timeout", "1m");
        context.getPropertiesComponent().addInitialProperty("caravan.partitions", "many");

        assertThat(settings.duration("caravan.session-timeout")).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.duration("caravan.log.retention")).isEqualTo(Duration.ofDays(30));
        assertThat(settings.text("caravan.instance-id")).isNull();
        assertThatThrownBy(() -> settings.number("caravan.partitions"))
                .hasMessage("caravan.partitions cannot be 'many'");
    }
}
