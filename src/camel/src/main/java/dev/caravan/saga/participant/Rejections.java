package dev.caravan.saga.participant;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which exceptions of a participant are a business no, so that its beans throw exceptions of their own and know nothing
 * of sagas:
 *
 * <pre>{@code
 * Rejections.none()
 *         .with(OutOfStockException.class, "OUT_OF_STOCK")
 *         .with(CardException.class, CardException::reason, e -> "The card was refused");
 * }</pre>
 *
 * <p>An exception counts as it is and as the cause of another one; the first rule that fits is taken. A {@link
 * StepRejectedException} needs no rule. Immutable.
 */
public final class Rejections {

    private static final Rejections NONE = new Rejections(List.of());

    private final List<Rule<?>> rules;

    private Rejections(List<Rule<?>> rules) {
        this.rules = rules;
    }

    /** Only a {@link StepRejectedException} is a business no. */
    public static Rejections none() {
        return NONE;
    }

    /** The caller is told this code and the message of the exception. */
    public <E extends Exception> Rejections with(Class<E> type, String code) {
        Objects.requireNonNull(code, "code");
        return with(type, exception -> code, Exception::getMessage);
    }

    /**
     * @param code for programs, see {@link StepRejectedException#code()}
     * @param text for people
     */
    public <E extends Exception> Rejections with(Class<E> type, Function<E, String> code, Function<E, String> text) {
        List<Rule<?>> more = new ArrayList<>(rules);
        more.add(new Rule<>(type, code, text));
        return new Rejections(List.copyOf(more));
    }

    /** The action, with a {@link StepRejectedException} in the place of what the rules call a rejection. */
    public StepAction applyTo(StepAction action) {
        return () -> run(action);
    }

    private @Nullable JsonNode run(StepAction action) throws Exception {
        try {
            return action.run();
        } catch (Exception e) {
            Optional<StepRejectedException> rejection = in(e);
            rejection.ifPresent(found -> found.initCause(e));
            throw rejection.isPresent() ? rejection.get() : e;
        }
    }

    private Optional<StepRejectedException> in(Exception failure) {
        return StepRejectedException.causes(failure)
                .flatMap(cause -> rules.stream().flatMap(rule -> rule.of(cause)))
                .findFirst();
    }

    private record Rule<E extends Exception>(Class<E> type, Function<E, String> code, Function<E, String> text) {

        Stream<StepRejectedException> of(Throwable failure) {
            return Stream.of(failure)
                    .filter(type::isInstance)
                    .map(type::cast)
                    .map(found -> new StepRejectedException(code.apply(found), text(found)));
        }

        private String text(E found) {
            String own = text.apply(found);
            return own == null ? found.getClass().getSimpleName() : own;
        }
    }
}
