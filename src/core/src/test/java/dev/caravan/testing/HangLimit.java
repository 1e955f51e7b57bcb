package dev.caravan.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * How long a test waits for what must come, in all modules. It ends hangs and decides nothing: a machine that is busy with
 * something else needs far longer than a quiet one. Awaitility has it as its default, so that no test names a limit of
 * its own; the limit of a whole test is above it and belongs to its ring ({@code junit-platform.properties}, and for
 * {@code *IT} the root's {@code pom.xml}).
 */
public final class HangLimit implements BeforeAllCallback {

    public static final long SECONDS = Long.getLong("caravan.hang-limit-seconds", 300);
    public static final Duration TIME = Duration.ofSeconds(SECONDS);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(TIME);
    }
}
