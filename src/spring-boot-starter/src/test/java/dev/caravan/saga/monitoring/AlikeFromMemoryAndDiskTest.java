package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.state.SagaEvent;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sagas made at random, in a list that has all of them in memory and one that has nearly none: what is asked for at random is answered alike. */
class AlikeFromMemoryAndDiskTest {

    private static final int SAGAS = 400;
    private static final int QUERIES = 200;
    private static final Instant AT = Instant.parse("2026-01-31T09:30:00.123456789Z");
    private static final Clock CLOCK = Clock.fixed(AT.plusSeconds(SAGAS), ZoneOffset.UTC);
    private static final Duration SILENCE = Duration.ofSeconds(90);

    private static final List<String> NAMES = List.of("trip", "order");
    private static final List<String> APPLICATIONS = List.of("shop", "agency", "-");
    private static final List<String> VERSIONS = List.of("1", "2");
    private static final List<String> STEPS = List.of("HOTEL", "FLIGHT", "PAINT");
    private static final List<String> CODES = List.of("FULL", "CARD_DECLINED");
    private static final List<String> REASONS =
            List.of("No room in Paris", "the card was declined", "Straße gesperrt", "방이 없음", "\uD83C\uDFE8 full", "x");
    private static final List<String> CUSTOMERS = List.of("ann", "Bob", "김", "b", "true", "12", "\uD83C\uDFE8");
    private static final List<String> NUMBERS = List.of(
            "0",
            "-0.5",
            "1",
            "1.0",
            "10",
            "99.99",
            "100",
            "1e3",
            "9007199254740993",
            "9007199254740992",
            "-1000",
            "1E-9");

    private final SagaJson json = new SagaJson();

    @Test
    void answersAlike(@TempDir Path directory) {
        for (long seed = 1; seed <= 2; seed++) {
            NumberedLog log = new NumberedLog();
            Random random = new Random(seed);
            try (SagaView memory = new SagaView(log, CLOCK, SAGAS, SILENCE);
                    SagaView disk = new SagaView(
                            log, CLOCK, 70, SILENCE, SagaDirectory.at(directory.resolve("seed-" + seed)))) {
                memory.follow();
                disk.follow();
                List<SagaId> sagas = append(random, log);
                assertThat(disk.overview().forgotten()).isZero();
                assertThat(disk.inMemory()).isLessThan(SAGAS / 2);

                for (int i = 0; i < QUERIES; i++) {
                    assertAlike(query(random), memory, disk, "seed " + seed + ", query " + i);
                }
                assertThat(overview(disk)).isEqualTo(overview(memory));
                for (SagaId saga : sagas) {
                    assertThat(disk.line(saga).map(this::shown))
                            .isEqualTo(memory.line(saga).map(this::shown));
                    assertThat(disk.read(saga)).isEqualTo(memory.read(saga)).isPresent();
                    String key = memory.line(saga).orElseThrow().key();
                    if (key != null) {
                        assertThat(disk.findByKey(key).map(this::shown))
                                .isEqualTo(memory.findByKey(key).map(this::shown));
                    }
                }
            }
        }
    }

    private String shown(SagaSummary line) {
        return json.line(line, Attention.NONE).toString();
    }

    private String overview(SagaView view) {
        return json.overview(view.overview()).toString();
    }

    private void assertAlike(SagaQuery query, SagaView memory, SagaView disk, String which) {
        SagaQuery wanted = query;
        SagaPage found;
        do {
            found = memory.list(wanted);
            SagaPage other = disk.list(wanted);
            assertThat(json.list(other.sagas()).toPrettyString())
                    .as("%s: %s", which, wanted)
                    .isEqualTo(json.list(found.sagas()).toPrettyString());
            assertThat(other.total()).as("%s: %s", which, wanted).isEqualTo(found.total());
            assertThat(other.next()).as("%s: %s", which, wanted).isEqualTo(found.next());
            wanted = after(wanted, found.next());
        } while (found.next() != null);
        assertThat(disk.groups(query)).as("%s: %s", which, query).isEqualTo(memory.groups(query));
    }

    private static SagaQuery after(SagaQuery query, String next) {
        return new SagaQuery(
                query.statuses(),
                query.name(),
                query.text(),
                query.startedBefore(),
                query.startedAfter(),
                query.attentionOnly(),
                query.order(),
                next,
                query.limit(),
                query.cause(),
                query.business());
    }

    private static <T> T any(Random random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static <T> T perhaps(Random random, T value) {
        return random.nextInt(4) == 0 ? value : null;
    }

    private static List<SagaId> append(Random random, NumberedLog log) {
        List<SagaId> sagas = new ArrayList<>();
        for (int i = 0; i < SAGAS; i++) {
            SagaId saga = new SagaId((random.nextBoolean() ? "Trip-" : "order.") + Integer.toHexString(i * 7919));
            sagas.add(saga);
            log.append(saga, AT.plusNanos(i * 997_000_000L), events(random, i).toArray(SagaEvent[]::new));
        }
        return sagas;
    }

    private static List<SagaEvent> events(Random random, int number) {
        Step step = new Step(any(random, STEPS), 1);
        List<SagaEvent> events = new ArrayList<>();
        events.add(new SagaEvent.Start(
                any(random, NAMES),
                null,
                random.nextBoolean() ? "Key-" + number % 97 : null,
                null,
                Map.of(),
                random.nextBoolean() ? any(random, APPLICATIONS) : null,
                perhaps(random, any(random, VERSIONS)),
                null,
                perhaps(random, new SagaId("parent")),
                null,
                attributes(random),
                null));
        if (random.nextInt(20) == 0) {
            return events;
        }
        events.add(new SagaEvent.Enlist(step, "direct:undo", null, Map.of()));
        if (random.nextInt(3) > 0) {
            events.add(new SagaEvent.Success(step, "Do", null));
            events.add(new SagaEvent.Complete());
            return events;
        }
        events.add(new SagaEvent.StepRejected(step, "Do", perhaps(random, any(random, CODES)), any(random, REASONS)));
        events.add(new SagaEvent.Fail(step, perhaps(random, any(random, REASONS))));
        events.add(
                random.nextInt(9) == 0
                        ? new SagaEvent.CompensateFail(step, "gave up")
                        : new SagaEvent.CompensateComplete());
        return events;
    }

    private static Map<String, Object> attributes(Random random) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        if (random.nextBoolean()) {
            attributes.put("customer", any(random, CUSTOMERS));
        }
        if (random.nextBoolean()) {
            BigDecimal number = new BigDecimal(any(random, NUMBERS));
            attributes.put("amount", random.nextBoolean() ? number : number.doubleValue());
        }
        if (random.nextInt(3) == 0) {
            attributes.put("gift", random.nextBoolean());
        }
        return attributes;
    }

    private static SagaQuery query(Random random) {
        Map<String, List<String>> business = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            String attribute = any(random, List.of("customer", "amount", "gift", "nothing"));
            String comparison = any(random, List.of("", ".gt", ".gte", ".lt", ".lte"));
            business.put(
                    "attribute." + attribute + comparison,
                    List.of(any(random, random.nextBoolean() ? CUSTOMERS : NUMBERS)));
        }
        if (random.nextInt(8) == 0) {
            business.put("key", List.of("Key-" + random.nextInt(97)));
        }
        if (random.nextInt(8) == 0) {
            business.put("version", List.of(any(random, List.of("1", "2", "3", "-"))));
        }
        String reason = any(random, REASONS);
        int from = reason.offsetByCodePoints(0, random.nextInt(reason.codePointCount(0, reason.length())));
        String text = any(random, List.of("Trip-", "KEY-1", "ey-11", "p-1", "r", ".", "zz", "order.1eef"));
        return new SagaQuery(
                random.nextInt(3) > 0
                        ? Set.of()
                        : EnumSet.of(any(random, List.of(SagaStatus.values())), SagaStatus.COMPENSATED),
                perhaps(random, any(random, NAMES)),
                perhaps(random, text),
                perhaps(random, AT.plusNanos(random.nextInt(SAGAS) * 997_000_000L)),
                perhaps(random, AT.plusNanos(random.nextInt(SAGAS) * 997_000_000L)),
                random.nextInt(10) == 0,
                any(random, List.of(SagaQuery.Order.values())),
                null,
                1 + random.nextInt(100),
                new CauseFilter(
                        perhaps(random, any(random, List.of("shop", "agency", "-", "other"))),
                        perhaps(random, any(random, List.of("HOTEL", "PAINT", "-"))),
                        perhaps(random, any(random, List.of("FULL", "-"))),
                        perhaps(random, reason.substring(from).toUpperCase(Locale.ROOT))),
                BusinessFilter.of(business));
    }
}
