package dev.caravan.payment;

/** The cards whose outcome is known beforehand. Any other number behaves like {@link #GOOD}. */
enum SandboxCard {
    GOOD("4242424242424242"),
    /** Declined. */
    DECLINED("4000000000000002"),
    /** The gateway is unavailable for the first two charges of a key. */
    FLAKY("4000000000000119"),
    /** The gateway never answers, and takes nothing. */
    SILENT("4000000000000259");

    static final int FLAKY_ATTEMPTS = 2;

    private final String number;

    SandboxCard(String number) {
        this.number = number;
    }

    static SandboxCard of(String number) {
        for (SandboxCard card : values()) {
            if (card.number.equals(number)) {
                return card;
            }
        }
        return GOOD;
    }
}
