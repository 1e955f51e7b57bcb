package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.StepFailure;
import dev.caravan.saga.state.StepLeft;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which exception a route that is run again meets, in place of the one that the log tells of. */
class RecordedExceptionTest {

    private static final SagaId SAGA = new SagaId("saga-1");
    private static final Step STEP = new Step("PAY", 1);

    private final DefaultCamelContext context = new DefaultCamelContext();

    /** Nobody can make one of a text. */
    public static final class SeatException extends IOException {

        private static final long serialVersionUID = 1L;

        public SeatException(int seat) {
            super("seat " + seat);
        }
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private void catching(Class<? extends Exception> type) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:trip")
                        .routeId("trip")
                        .doTry()
                        .to("mock:pay")
                        .doCatch(type)
                        .to("mock:caught");
            }
        });
    }

    private static StepFailure failure(String code, List<Step> within, List<String> causes) {
        return new StepFailure(StepStatus.UNKNOWN, code, "no line", within, null, causes);
    }

    private Exception again(String code, List<Step> within, String... causes) {
        return RecordedException.of(context, SAGA, STEP, failure(code, within, List.of(causes)));
    }

    private Exception again(Class<? extends Exception> code, String... causes) {
        return again(code.getName(), List.of(), causes);
    }

    @Test
    void isOfTheClassThatARouteNamesOrOfOneBelow() throws Exception {
        catching(IOException.class);

        assertThat(again(IOException.class))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("no line");
        assertThat(again(FileNotFoundException.class)).isExactlyInstanceOf(FileNotFoundException.class);
        assertThat(again(IllegalStateException.class)).isExactlyInstanceOf(RecordedFailureException.class);
    }

    @Test
    void tellsThatItIsOneOfBeforeTheCrash() throws Exception {
        catching(IOException.class);

        assertThat(again(IOException.class).getSuppressed())
                .singleElement()
                .isInstanceOf(RecordedFailureException.class);
    }

    /** The log must not say what is loaded. */
    @Test
    void isOfNoClassWhereARouteCatchesAll() throws Exception {
        catching(Exception.class);

        assertThat(again(FileNotFoundException.class)).isExactlyInstanceOf(RecordedFailureException.class);
    }

    @Test
    void saysWhyItCannotBeMade() throws Exception {
        catching(IOException.class);

        assertThat(again(SeatException.class))
                .isInstanceOf(RecordedFailureException.class)
                .satisfies(unknown ->
                        assertThat(unknown.getSuppressed()).singleElement().isInstanceOf(NoSuchMethodException.class));
    }

    @Test
    void hasItsCausesInTheirOrder() throws Exception {
        catching(IOException.class);

        Exception made = again(IOException.class, EOFException.class.getName(), FileNotFoundException.class.getName());

        assertThat(made.getCause()).isExactlyInstanceOf(EOFException.class);
        assertThat(made.getCause().getCause()).isExactlyInstanceOf(FileNotFoundException.class);
        assertThat(made.getCause().getCause().getCause()).isNull();
    }

    @Test
    void hasTheCausesThatARouteNamesAlsoWhereItIsOfNone() throws Exception {
        catching(IOException.class);

        assertThat(again(IllegalStateException.class, "com.acme.Gone", EOFException.class.getName()))
                .isInstanceOf(RecordedFailureException.class)
                .hasCauseExactlyInstanceOf(EOFException.class);
    }

    @Test
    void ofWhichNobodyKnowsWhatItWasIsUnknown() throws Exception {
        catching(IOException.class);

        assertThat(again((String) null, null)).isExactlyInstanceOf(StepOutcomeUnknownException.class);
        assertThat(again(StepOutcomeUnknownException.class)).isExactlyInstanceOf(StepOutcomeUnknownException.class);
    }

    /** Its route went on while it was at work. */
    @Test
    void ofAStepThatWasNotWaitedForSaysSo() throws Exception {
        catching(TimeoutException.class);

        assertThat(again(TimeoutException.class.getName(), null)).isExactlyInstanceOf(GivenUpException.class);
        assertThat(again(TimeoutException.class)).isExactlyInstanceOf(TimeoutException.class);
    }

    @Test
    void isOfTheClassThatAnOnExceptionNames() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:trip")
                        .routeId("trip")
                        .onException(IOException.class)
                        .handled(true)
                        .end()
                        .to("mock:pay");
            }
        });

        assertThat(again(FileNotFoundException.class)).isExactlyInstanceOf(FileNotFoundException.class);
    }

    @Test
    void isOfTheClassForWhichARouteFailsOver() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:trip")
                        .routeId("trip")
                        .loadBalance()
                        .failover(IOException.class)
                        .to("mock:one", "mock:two");
            }
        });

        assertThat(again(FileNotFoundException.class)).isExactlyInstanceOf(FileNotFoundException.class);
    }

    @Test
    void leavesTheMessageWhereThatOfTheBlockWasNotKept() {
        Exchange exchange = new DefaultExchange(context);
        exchange.getIn().setHeader("ref", "R1");

        RecordedException.meet(exchange, SAGA, STEP, left(StepLeft.unkept("a socket", List.of())));
        assertThat(exchange.getIn().getHeaders()).containsEntry("ref", "R1");

        RecordedException.meet(
                exchange, SAGA, STEP, left(new StepLeft(null, Map.of("seat", 12), null, List.of(), null, null)));
        assertThat(exchange.getIn().getHeaders()).containsOnly(Map.entry("seat", 12));
    }

    private static StepFailure left(StepLeft left) {
        return new StepFailure(StepStatus.UNKNOWN, IOException.class.getName(), "no line", List.of(), left, null);
    }
}
