package dev.caravan.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OptionsTest {

    @Test
    void measuresTheLogBesideKafkaAloneByDefault() {
        Options options = Options.parse();

        assertThat(options.rows()).containsExactly(RowKind.LOG, RowKind.FLOOR);
        assertThat(options.inFlight()).containsExactly(1, 16, 64, 256);
        assertThat(options.rejected()).containsExactly(0);
        assertThat(options.growth()).isEmpty();
        assertThat(options.json()).isNull();
    }

    @Test
    void takesWhatItIsTold() {
        Options options = Options.parse(
                "--rows=log-postgres,camel-lra", "--in-flight=8", "--sagas=500", "--duration=2s", "--rounds=1");

        assertThat(options.rows()).containsExactly(RowKind.LOG_POSTGRES, RowKind.CAMEL_LRA);
        assertThat(options.inFlight()).containsExactly(8);
        assertThat(options.sagas()).isEqualTo(500);
        assertThat(options.duration()).isEqualTo(Duration.ofSeconds(2));
        assertThat(options.rounds()).isOne();
    }

    @Test
    void warmsUpWithTheHeaviestLoad() {
        assertThat(Options.parse("--in-flight=64,256,1", "--rejected=0,10").warmUpLoad())
                .isEqualTo(new Load(256, 10));
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatThrownBy(() -> Options.parse("--in-fligth=8")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Options.parse("--rows=temporal")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Options.parse("--rows=log-flushed", "--brokers=kafka:9092"))
                .hasMessageContaining("leave out --brokers");
        assertThatThrownBy(() -> Options.parse("--serve=8080")).hasMessageContaining("--rows=log");
        assertThatThrownBy(() -> Options.parse("fast")).hasMessage("Not an option: fast. Write --name=value");
    }
}
