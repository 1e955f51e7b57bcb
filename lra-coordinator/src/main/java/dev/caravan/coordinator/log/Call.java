package dev.caravan.coordinator.log;

import dev.caravan.coordinator.log.LraEvent.Outcome;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.lra.annotation.ParticipantStatus;

/** One callback that a participant is to get, and what its answers mean. */
record Call(Kind kind, Lra lra, Participant participant) {

    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int NO_CONTENT = 204;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;
    private static final int SERVER_ERROR = 500;
    private static final Set<ParticipantStatus> NEVER =
            Set.of(ParticipantStatus.FailedToCompensate, ParticipantStatus.FailedToComplete);

    enum Kind {
        END("PUT"),
        /** How far one came that was asked to end before. */
        STATUS("GET"),
        TELL("PUT"),
        FORGET("DELETE");

        private final String method;

        Kind(String method) {
            this.method = method;
        }

        String method() {
            return method;
        }
    }

    /** What is to be done about one that is not done in this round: it is asked how far it came, if it can be. */
    static Call toEnd(Lra lra, Participant participant) {
        boolean canTell = participant.state() == Participant.State.ASKED
                && participant.links().containsKey(CallbackLinks.STATUS);
        return new Call(canTell ? Kind.STATUS : Kind.END, lra, participant);
    }

    String url() {
        return participant
                .links()
                .get(
                        switch (kind) {
                            case END -> lra.isForward() ? CallbackLinks.COMPLETE : CallbackLinks.COMPENSATE;
                            case STATUS -> CallbackLinks.STATUS;
                            case TELL -> CallbackLinks.AFTER;
                            case FORGET -> CallbackLinks.FORGET;
                        });
    }

    /** A participant is called once in each run, whatever it is asked. */
    String once() {
        return "%s %s %d %s".formatted(lra.uid(), participant.id(), lra.round(), kind == Kind.STATUS ? Kind.END : kind);
    }

    /** Whether it is known already that it was made. */
    boolean isTheFirst() {
        return switch (kind) {
            case END -> participant.state() == Participant.State.ENLISTED;
            case TELL -> !participant.told();
            case STATUS, FORGET -> false;
        };
    }

    Call again() {
        return new Call(Kind.END, lra, participant);
    }

    /**
     * What an answer means.
     *
     * @param status of HTTP; 0: there was no answer
     * @return empty: it knows of nothing, and has to be asked to end once more
     */
    Optional<Outcome> outcome(int status, String body) {
        return switch (kind) {
            case END -> Optional.of(ended(status, body));
            case STATUS -> status(status, body);
            case TELL -> Optional.of(status / 100 == 2 ? Outcome.DONE : Outcome.PENDING);
            case FORGET ->
                Optional.of(
                        status / 100 == 2 || status == NOT_FOUND || status == GONE ? Outcome.DONE : Outcome.PENDING);
        };
    }

    private static Outcome ended(int status, String body) {
        if (status == OK || status == NO_CONTENT || status == GONE) {
            return Outcome.DONE;
        }
        return status == SERVER_ERROR && named(body).filter(NEVER::contains).isPresent()
                ? Outcome.FAILED
                : Outcome.PENDING;
    }

    private Optional<Outcome> status(int status, String body) {
        if (status == GONE) {
            return Optional.of(Outcome.DONE);
        }
        if (status == 0 || status == ACCEPTED || status >= SERVER_ERROR) {
            return Optional.of(Outcome.PENDING);
        }
        return status == OK ? named(body).flatMap(this::of) : Optional.empty();
    }

    private Optional<Outcome> of(ParticipantStatus said) {
        boolean forward = lra.isForward();
        if (said == (forward ? ParticipantStatus.Completed : ParticipantStatus.Compensated)) {
            return Optional.of(Outcome.DONE);
        }
        if (said == (forward ? ParticipantStatus.Completing : ParticipantStatus.Compensating)) {
            return Optional.of(Outcome.PENDING);
        }
        return said == (forward ? ParticipantStatus.FailedToComplete : ParticipantStatus.FailedToCompensate)
                ? Optional.of(Outcome.FAILED)
                : Optional.empty();
    }

    private static Optional<ParticipantStatus> named(String body) {
        String name = body.trim().replace("\"", "");
        return Arrays.stream(ParticipantStatus.values())
                .filter(known -> known.name().equals(name))
                .findFirst();
    }
}
