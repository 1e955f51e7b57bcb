package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Faults that were mended are put back, one at a time, and found by routes made at random: each within the first 1,000
 * seeds, by the one that the table says. {@code -Dfaults.search=1000} looks for the first seed that finds each, which
 * the table is made of; one with seed 0 is looked for each time. {@code -Dfaults.name=...} takes those with these words in
 * their names.
 */
@ExtendWith(WithoutLogs.class)
class FaultsPutBackTest {

    private static final Path TABLE = Path.of("src/test/resources/faults-put-back.txt");
    private static final long SEARCHED = Long.getLong("faults.search", 0);
    private static final String NAME = System.getProperty("faults.name", "");
    private static final int MOST_SEEDS = 1000;

    static List<FaultPutBack> faults() throws IOException {
        return FaultPutBack.read(TABLE).stream()
                .filter(fault -> fault.name().contains(NAME))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void hasAPlace(FaultPutBack fault) throws Exception {
        assertThat(fault.text()).contains(fault.fault().strip());
    }

    @Tag("thorough")
    @ParameterizedTest
    @MethodSource("faults")
    void isFound(FaultPutBack fault) throws Exception {
        long seed = SEARCHED == 0 && fault.seed() > 0 ? fault.seed() : first(fault);

        assertThat(found(fault, seed)).as("%s, seed %d", fault.name(), seed).isNotNull();
        assertThat(seed).as(fault.name()).isBetween(1L, (long) MOST_SEEDS);
    }

    private static String found(FaultPutBack fault, long seed) throws Exception {
        try (FaultPutBack.Trials trials = fault.trials()) {
            return trials.tryOut(seed);
        }
    }

    /** 0: none of those that were searched. */
    private static long first(FaultPutBack fault) throws Exception {
        try (FaultPutBack.Trials trials = fault.trials()) {
            long seed = LongStream.rangeClosed(1, SEARCHED == 0 ? MOST_SEEDS : SEARCHED)
                    .filter(one -> trials.tryOut(one) != null)
                    .findFirst()
                    .orElse(0);
            System.out.printf("%s: seed %d%n", fault.name(), seed);
            return seed;
        }
    }
}
