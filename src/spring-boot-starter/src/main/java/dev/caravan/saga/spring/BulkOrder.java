package dev.caravan.saga.spring;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.monitoring.BusinessFilter;
import dev.caravan.saga.monitoring.SagaQuery;
import dev.caravan.saga.monitoring.SagaSummary;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants done with many sagas.
 *
 * @param action retry, resolve, cancel or answer
 * @param sagas their ids; or else
 * @param filter the parameters of the list, which say what matches, those of keys and attributes too
 * @param dryRun {@code true}: only say what would be done
 * @param perSecond sagas in a second, at most
 * @param who as in {@link OperatorController.Order}
 * @param reason why; it is in the log of each saga, with the id of the act
 * @param step that waits, of an answer
 * @param body of an answer, with which the route goes on
 * @param code of an answer that is a no
 * @param error of an answer that is a no, for a person
 */
record BulkOrder(
        String action,
        List<String> sagas,
        ObjectNode filter,
        boolean dryRun,
        Integer perSecond,
        String who,
        String reason,
        String step,
        JsonNode body,
        String code,
        String error) {

    static final int MOST_PER_SECOND = 1000;

    private static final int PER_SECOND = 20;

    /** Parameters of the list that an act cannot heed: it is about all that match. */
    private static final List<String> OF_A_PAGE = List.of("limit", "after");

    /** At any time it can be seen whether a filter has a condition. */
    private static final Clock ANY_TIME = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

    private static final SagaQuery ALL = SagaQuery.latest(1).all(1);

    /** A field that is not known would say which sagas are meant, and be overlooked: it is refused. */
    private static final ObjectMapper STRICT = new ObjectMapper();

    /** What is done with one saga. */
    enum Action {
        RETRY,
        RESOLVE,
        CANCEL,
        ANSWER
    }

    /** @throws IllegalArgumentException names what is wrong */
    static BulkOrder of(JsonNode json) {
        BulkOrder order;
        try {
            order = STRICT.treeToValue(json, BulkOrder.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
        if (order.isFiltered() == (order.sagas != null)) {
            throw new IllegalArgumentException("Either sagas, a list of ids, or a filter with a condition is needed");
        }
        order.check();
        order.rate();
        return order;
    }

    /** False for a filter that lets all sagas pass, such as one that says only in which order they are. */
    private boolean isFiltered() {
        if (filter == null) {
            return false;
        }
        OF_A_PAGE.stream().filter(filter::has).forEach(name -> {
            throw new IllegalArgumentException("%s is for a page; an act is about all that match".formatted(name));
        });
        return !query(ANY_TIME).all(1).equals(ALL);
    }

    /** @throws IllegalArgumentException names what is wrong with the filter */
    SagaQuery query(Clock clock) {
        return request().query(clock).calling(business());
    }

    private SagaListRequest request() {
        ObjectNode others = filter.deepCopy();
        filter.fieldNames().forEachRemaining(name -> {
            if (BusinessFilter.has(name)) {
                others.remove(name);
            }
        });
        try {
            return STRICT.treeToValue(others, SagaListRequest.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }

    private BusinessFilter business() {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        filter.properties()
                .forEach(field ->
                        parameters.put(field.getKey(), List.of(field.getValue().asText())));
        return BusinessFilter.of(parameters);
    }

    Action what() {
        return Action.valueOf(action.toUpperCase(Locale.ROOT));
    }

    private void check() {
        if (action == null
                || Stream.of(Action.values()).noneMatch(known -> known.name().equalsIgnoreCase(action))) {
            throw new IllegalArgumentException(
                    "action is %s; it is one of retry, resolve, cancel and answer".formatted(action));
        }
        if (what() == Action.ANSWER && (step == null || step.isBlank())) {
            throw new IllegalArgumentException("step is missing: which step is answered");
        }
    }

    int rate() {
        int rate = perSecond == null ? PER_SECOND : perSecond;
        if (rate < 1 || rate > MOST_PER_SECOND) {
            throw new IllegalArgumentException(
                    "perSecond is %d; it goes from 1 to %d".formatted(rate, MOST_PER_SECOND));
        }
        return rate;
    }

    String by(Principal login) {
        return new OperatorController.Order(who, reason).who(login);
    }

    String why() {
        return new OperatorController.Order(who, reason).why();
    }

    /** @return why the saga is left out; {@code null}: it is not */
    @Nullable
    String refusal(SagaSummary saga) {
        boolean fits =
                switch (what()) {
                    case RETRY, RESOLVE -> saga.status() == SagaStatus.FAILED;
                    case CANCEL -> saga.status() == SagaStatus.EXECUTING;
                    case ANSWER -> saga.awaits() != null && saga.awaits().startsWith(step + ": ");
                };
        return fits ? null : saga.status() + (what() == Action.ANSWER ? ", and does not wait in " + step : "");
    }
}
