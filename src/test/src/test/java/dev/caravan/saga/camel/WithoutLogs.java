package dev.caravan.saga.camel;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** For tests that run thousands of routes, most of which fail: what is logged of them would be all that is seen. */
final class WithoutLogs implements BeforeEachCallback, AfterEachCallback {

    @Override
    public void beforeEach(ExtensionContext test) {
        level(Level.OFF);
    }

    @Override
    public void afterEach(ExtensionContext test) {
        level(null);
    }

    private static void level(Level level) {
        List.of("dev.caravan.saga", "org.apache.camel")
                .forEach(name -> ((Logger) LoggerFactory.getLogger(name)).setLevel(level));
    }
}
