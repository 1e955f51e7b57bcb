package dev.caravan.saga.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.Step;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InternerTest {

    private static final String ENLIST = """
            {"sagaId":"order-1","sequence":1,"timestamp":"2026-01-01T00:00:00Z","event":{"type":"ENLIST",\
            "step":"PAY","compensation":"direct:undo","completion":"direct:done","application":"orders"}}""";

    private final SagaLogCodec codec = new SagaLogCodec();

    private SagaEvent.Enlist read() {
        return (SagaEvent.Enlist)
                codec.decode(ENLIST.getBytes(StandardCharsets.UTF_8)).event();
    }

    @Test
    void readsTheNamesOfAStepOnceForAllSagas() {
        SagaEvent.Enlist first = read();
        SagaEvent.Enlist second = read();

        assertThat(second.step()).isSameAs(first.step());
        assertThat(second.compensation()).isSameAs(first.compensation());
        assertThat(second.completion()).isSameAs(first.completion());
        assertThat(second.application()).isSameAs(first.application());
    }

    @Test
    void keepsNoMoreThanItsCapacity() {
        Interner<Step> steps = new Interner<>(1);
        Step pay = steps.of(new Step("PAY", 1));
        Step ship = steps.of(new Step("SHIP", 1));

        assertThat(steps.of(new Step("PAY", 1))).isSameAs(pay);
        assertThat(steps.of(new Step("SHIP", 1))).isEqualTo(ship).isNotSameAs(ship);
    }

    @Test
    void knowsNoStepThatIsNone() {
        assertThatThrownBy(() -> InternedNames.step("pay")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keepsWhatIsInAMapAndInWhichOrder() {
        Map<String, Object> nothing = new HashMap<>();
        nothing.put("amount", null);
        Map<String, Object> several = new LinkedHashMap<>();
        several.put("orderId", "7");
        several.put("amount", 5L);

        assertThat(SmallMaps.of((Map<String, Object>) null)).isEmpty();
        assertThat(SmallMaps.of(nothing)).isEqualTo(nothing);
        assertThat(SmallMaps.of(null, 5L).get(null)).isEqualTo(5L);
        assertThat(SmallMaps.of(Map.of("orderId", "7"))).isEqualTo(Map.of("orderId", "7"));
        assertThat(SmallMaps.of(several)).containsExactly(Map.entry("orderId", "7"), Map.entry("amount", 5L));
    }
}
