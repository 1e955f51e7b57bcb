package dev.caravan.saga.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class RejectionsTest {

    private static final Rejections RULES = Rejections.none()
            .with(OutOfStock.class, "OUT_OF_STOCK")
            .with(Closed.class, e -> "CLOSED_ON_" + e.day, e -> "Come again tomorrow");

    /** An exception of a business that knows nothing of sagas. */
    private static class OutOfStock extends Exception {
        private static final long serialVersionUID = 1L;

        OutOfStock(String message) {
            super(message);
        }
    }

    private static final class NoApples extends OutOfStock {
        private static final long serialVersionUID = 1L;

        NoApples() {
            super(null);
        }
    }

    private static final class Closed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String day;

        Closed(String day) {
            this.day = day;
        }
    }

    @Test
    void makeABusinessExceptionARejectionWithCodeAndText() {
        assertRejected(new OutOfStock("No pears"), "OUT_OF_STOCK", "No pears");
        assertRejected(new Closed("SUNDAY"), "CLOSED_ON_SUNDAY", "Come again tomorrow");
    }

    @Test
    void countSubclassesAndCausesToo() {
        assertRejected(new NoApples(), "OUT_OF_STOCK", "NoApples");
        assertRejected(new IllegalStateException(new OutOfStock("No pears")), "OUT_OF_STOCK", "No pears");
    }

    @Test
    void leaveEverythingElseAsItIs() throws Exception {
        UncheckedIOException trouble = new UncheckedIOException(new IOException("connection reset"));
        StepRejectedException said = new StepRejectedException("NO", "no");

        assertThatThrownBy(() -> run(trouble)).isSameAs(trouble);
        assertThatThrownBy(() -> run(said)).isSameAs(said);
        assertThat(RULES.applyTo(() -> new TextNode("done")).run()).isEqualTo(new TextNode("done"));
        assertThatThrownBy(() -> Rejections.none()
                        .applyTo(() -> {
                            throw new OutOfStock("No pears");
                        })
                        .run())
                .isInstanceOf(OutOfStock.class);
    }

    private static void assertRejected(Exception failure, String code, String text) {
        assertThatThrownBy(() -> run(failure))
                .isInstanceOfSatisfying(StepRejectedException.class, rejection -> assertThat(rejection.code())
                        .isEqualTo(code))
                .hasMessage(text)
                .hasCause(failure);
    }

    private static void run(Exception failure) throws Exception {
        RULES.applyTo(() -> {
                    throw failure;
                })
                .run();
    }
}
