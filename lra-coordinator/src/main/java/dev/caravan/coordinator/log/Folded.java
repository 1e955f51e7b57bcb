package dev.caravan.coordinator.log;

/**
 * What an entry has made of a family.
 *
 * @param family as it is now; {@code null}: there is none
 * @param participant the one that the entry is of, if it is of one
 */
public record Folded(Family family, Verdict verdict, String participant) {

    /** What whoever wrote the entry is told. */
    public enum Verdict {
        COUNTS,
        /** Nothing was changed: it was so already, or has become so since. */
        KNOWN,
        /** No such LRA. */
        UNKNOWN,
        /** The LRA has been decided. */
        TOO_LATE,
        /** No such participant. */
        STRANGER
    }

    boolean counts() {
        return verdict == Verdict.COUNTS;
    }
}
