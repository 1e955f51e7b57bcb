package dev.caravan.saga.participant;

/** What the inbox knows of one step. */
enum InboxState {
    /** The action has begun and may have taken effect elsewhere. Committed for {@link Inbox.Effect#EXTERNAL} only. */
    STARTED,
    /** The action took effect. */
    DONE,
    /** The business said no; nothing took effect. */
    REJECTED,
    /** The compensation came first and found nothing. The action is refused from now on. */
    BARRED,
    /** A compensation with effects elsewhere has begun. The action is refused from now on. */
    COMPENSATING,
    /** The step was undone. */
    COMPENSATED,
    /** The step was made final. */
    COMPLETED
}
