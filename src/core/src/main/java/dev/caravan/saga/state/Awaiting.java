package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a step waits for.
 *
 * @param command a command, or what a person or an event is to say
 * @param service that was sent the command; {@code null}: nobody was sent anything
 * @param deadline when it is too late
 * @param reminderMillis how long before that who has to answer is to be reminded; {@code null}: never
 * @param reminded whether that was done
 * @param over whether there is an answer, or it is too late: it does not wait any more
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Awaiting(
        String command,
        @Nullable String service,
        Instant since,
        Instant deadline,
        @Nullable Long reminderMillis,
        boolean reminded,
        boolean over) {

    Awaiting then(boolean isReminded, boolean isOver) {
        return new Awaiting(command, service, since, deadline, reminderMillis, isReminded, isOver);
    }

    /** When who has to answer is to be reminded; empty: never, or not again. */
    public Optional<Instant> remindAt() {
        return reminderMillis == null || reminded
                ? Optional.empty()
                : Optional.of(deadline.minusMillis(reminderMillis));
    }
}
