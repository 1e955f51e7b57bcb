package dev.caravan.saga.camel;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** What a class warns of during a test. */
final class Warnings implements BeforeEachCallback, AfterEachCallback {

    private final ListAppender<ILoggingEvent> told = new ListAppender<>();
    private final Logger logger;

    Warnings(Class<?> source) {
        logger = (Logger) LoggerFactory.getLogger(source);
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        told.start();
        logger.addAppender(told);
    }

    @Override
    public void afterEach(ExtensionContext test) {
        logger.detachAppender(told);
    }

    List<String> texts() {
        return told.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
