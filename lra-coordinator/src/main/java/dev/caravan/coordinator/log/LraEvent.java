package dev.caravan.coordinator.log;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Map;

/** What is written about an LRA. Whether it counts is up to the {@linkplain Family fold}. Times are in ms of the epoch. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @Type(value = LraEvent.Start.class, name = "START"),
    @Type(value = LraEvent.Join.class, name = "JOIN"),
    @Type(value = LraEvent.Leave.class, name = "LEAVE"),
    @Type(value = LraEvent.Replace.class, name = "REPLACE"),
    @Type(value = LraEvent.Renew.class, name = "RENEW"),
    @Type(value = LraEvent.Close.class, name = "CLOSE"),
    @Type(value = LraEvent.Cancel.class, name = "CANCEL"),
    @Type(value = LraEvent.Expire.class, name = "EXPIRE"),
    @Type(value = LraEvent.Answer.class, name = "ANSWER"),
    @Type(value = LraEvent.Told.class, name = "TOLD"),
    @Type(value = LraEvent.Forgot.class, name = "FORGOT"),
    @Type(value = LraEvent.Remove.class, name = "REMOVE"),
    @Type(value = LraEvent.Look.class, name = "LOOK")
})
public sealed interface LraEvent {

    /**
     * @param id its URL
     * @param parent the URL of the LRA that it is nested in; {@code null}: it is in none
     * @param limit when it is cancelled unless it has ended; 0: never
     */
    record Start(String id, String client, String parent, long limit) implements LraEvent {}

    /**
     * @param links the URLs of the callbacks by their relation
     * @param recovery below which the participant is found
     * @param data what the participant wants to have sent along; {@code null}: nothing
     * @param limit until when it can compensate; 0: for ever
     */
    record Join(Map<String, String> links, String recovery, String data, long limit) implements LraEvent {}

    /**
     * @param participant {@code null}: the one with these links
     * @param links {@code null}: its id is known
     */
    record Leave(String participant, Map<String, String> links) implements LraEvent {}

    /** The participant is somewhere else now. */
    record Replace(String participant, Map<String, String> links) implements LraEvent {}

    record Renew(long limit) implements LraEvent {}

    record Close() implements LraEvent {}

    record Cancel() implements LraEvent {}

    /** @param limit the one that has passed: a later one counts */
    record Expire(long limit) implements LraEvent {}

    /**
     * What became of a participant.
     *
     * @param round the one in which it was asked
     * @param status where it is asked from now on, if it has not said; {@code null}: it has not said now either
     */
    record Answer(String participant, int round, Outcome outcome, String status) implements LraEvent {}

    /** A listener was told how the LRA ended, for the first time if it has not heard it. */
    record Told(String participant, int round, boolean heard) implements LraEvent {}

    record Forgot(String participant) implements LraEvent {}

    /** A person needs no more to know that it failed. */
    record Remove() implements LraEvent {}

    /** Changes nothing; whoever reads it back has read all that was written before. */
    record Look() implements LraEvent {}

    /** How far a participant came. */
    enum Outcome {
        DONE,
        PENDING,
        /** It cannot, and never will. */
        FAILED
    }
}
