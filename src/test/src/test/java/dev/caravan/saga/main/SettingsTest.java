package dev.caravan.saga.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.camel.Defaults;
import dev.caravan.saga.camel.RenamedSettings;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Settings settings = new Settings(context);

    /** What there is with Spring Boot only: mode lra, the console, REST, the list of sagas, databases. */
    private static final Pattern OF_SPRING = Pattern.compile(
            "caravan\\.(lra|console|api|view|http|participants|reply-links)\\..*|caravan\\.participant\\.(create-table|inbox-retention)"
                    + "|caravan\\.participants");

    private static Map<String, String> ofSpring() throws IOException {
        Map<String, String> spring = new HashMap<>();
        try (InputStream metadata =
                SettingsTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode property : new ObjectMapper().readTree(metadata).path("properties")) {
                if (property.has("deprecation")) {
                    continue;
                }
                spring.put(
                        property.path("name").asText(),
                        property.path("defaultValue").asText());
            }
        }
        return spring;
    }

    @Test
    void hasTheDefaultsOfSpringBoot() throws IOException {
        assertThat(ofSpring()).containsAllEntriesOf(Defaults.BY_SETTING);
    }

    @Test
    void hasTheSettingsOfSpringBoot() throws IOException {
        Set<String> shared = new TreeSet<>(ofSpring().keySet());
        shared.removeIf(
                name -> !name.startsWith("caravan.") || OF_SPRING.matcher(name).matches());
        Set<String> here = new TreeSet<>(Defaults.BY_SETTING.keySet());
        here.addAll(Settings.WITHOUT_DEFAULT);

        assertThat(here).isEqualTo(shared);
    }

    /** An editor crosses them out, and shows what to write. */
    @Test
    void thoseThatWereRenamedAreSaidToBeSo() throws IOException {
        Map<String, String> replaced = new HashMap<>();
        try (InputStream metadata =
                SettingsTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode property : new ObjectMapper().readTree(metadata).path("properties")) {
                if (property.has("deprecation")
                        && property.path("name").asText().startsWith("caravan.")) {
                    replaced.put(
                            property.path("name").asText(),
                            property.at("/deprecation/replacement").asText());
                }
            }
        }

        assertThat(replaced).isEqualTo(RenamedSettings.newNames());
        assertThat(ofSpring()).containsKeys(replaced.values().toArray(String[]::new));
    }

    @Test
    void readsASettingByTheNameThatItHad() {
        context.getPropertiesComponent().addInitialProperty("caravan.start-patience", "3s");

        assertThat(settings.duration("caravan.start-timeout")).isEqualTo(Duration.ofSeconds(3));

        context.getPropertiesComponent().addInitialProperty("caravan.start-timeout", "4s");
        assertThat(settings.duration("caravan.start-timeout")).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void refusesToReadWhatIsNoSetting() {
        assertThatThrownBy(() -> settings.text("caravans.partitions"))
                .hasMessage("caravans.partitions is no setting of Caravan");
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
