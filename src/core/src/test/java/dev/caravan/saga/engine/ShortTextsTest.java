package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.Step;
import dev.caravan.saga.state.AllEvents;
import dev.caravan.saga.state.SagaEvent;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever an event tells in words that a program or a person chose fits into an entry of the log. */
class ShortTextsTest {

    /** What events call such words. */
    private static final Set<String> WORDS = Set.of("reason", "error", "who", "code", "difference");

    private static final String LONG = "w".repeat(1_200_000);

    static Stream<RecordComponent> words() {
        return AllEvents.types().stream()
                .flatMap(type -> Arrays.stream(type.getRecordComponents()))
                .filter(component -> component.getType() == String.class && WORDS.contains(component.getName()));
    }

    @Test
    void thereAreSuchWordsInManyEvents() {
        assertThat(words()).hasSizeGreaterThan(20);
    }

    @ParameterizedTest
    @MethodSource("words")
    void areShortened(RecordComponent word) throws Exception {
        SagaEvent event = event(word.getDeclaringRecord(), word);

        Object kept = word.getAccessor().invoke(ShortTexts.of(event));

        assertThat((String) kept)
                .startsWith("www")
                .endsWith("... (1200000 characters)")
                .hasSizeLessThan(9_000);
        assertThat(ShortTexts.of(event)).hasSameClassAs(event);
    }

    @ParameterizedTest
    @MethodSource("words")
    void areShortenedInWhatIsAskedFor(RecordComponent word) throws Exception {
        SagaEvent asked = new SagaEvent.Request("1", "orders", event(word.getDeclaringRecord(), word));

        SagaEvent event = ((SagaEvent.Request) ShortTexts.of(asked)).event();

        assertThat((String) word.getAccessor().invoke(event)).hasSizeLessThan(9_000);
    }

    private static SagaEvent event(Class<?> type, RecordComponent word) throws Exception {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] values = Arrays.stream(components)
                .map(component -> component.getName().equals(word.getName()) ? LONG : any(component.getType()))
                .toArray();
        return (SagaEvent) type.getDeclaredConstructor(types).newInstance(values);
    }

    private static Object any(Class<?> type) {
        if (type == Step.class) {
            return new Step("PAY", 1);
        }
        return type == int.class ? (Object) 1 : type == long.class ? (Object) 1L : type == boolean.class ? false : null;
    }
}
