package dev.caravan.payment;

import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the sandbox gives for the number of a card, such as {@code tok_declined_0002_3f0c...}. It says what is to happen
 * with the card, so that the sandbox has to remember no number, and is another one each time.
 */
public final class SandboxCardToken {

    private static final Pattern TOKEN = Pattern.compile("tok_([a-z]+)_([0-9]{4})_[0-9a-f]{32}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{4,19}");
    private static final int LAST = 4;

    private final SandboxCard card;
    private final String last4;

    private SandboxCardToken(SandboxCard card, String last4) {
        this.card = card;
        this.last4 = last4;
    }

    /** @throws IllegalArgumentException it is no number of a card; the text does not repeat it */
    public static String of(String number) {
        if (number == null || !NUMBER.matcher(number).matches()) {
            throw new IllegalArgumentException("The number of a card has up to 19 digits and nothing else");
        }
        return "tok_%s_%s_%s"
                .formatted(
                        SandboxCard.of(number).name().toLowerCase(Locale.ROOT),
                        number.substring(number.length() - LAST),
                        UUID.randomUUID().toString().replace("-", ""));
    }

    /** @throws IllegalArgumentException the sandbox has given no such token */
    static SandboxCardToken read(String token) {
        Matcher parts = TOKEN.matcher(String.valueOf(token));
        if (parts.matches()) {
            for (SandboxCard card : SandboxCard.values()) {
                if (card.name().toLowerCase(Locale.ROOT).equals(parts.group(1))) {
                    return new SandboxCardToken(card, parts.group(2));
                }
            }
        }
        throw new IllegalArgumentException("A charge needs the token of a card from this gateway");
    }

    SandboxCard card() {
        return card;
    }

    String last4() {
        return last4;
    }
}
