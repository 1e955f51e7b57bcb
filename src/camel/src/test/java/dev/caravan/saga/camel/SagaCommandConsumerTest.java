package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.CommandHandler;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.ParticipantListener;
import dev.caravan.saga.participant.Participants;
import dev.caravan.saga.participant.PassThroughInbox;
import dev.caravan.saga.participant.Rejections;
import dev.caravan.saga.participant.StepAction;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.time.Backoff;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.builder.ExpressionBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SagaCommandConsumerTest {

    private final CamelContext context = new DefaultCamelContext();
    private final Map<String, CommandHandler> handlers = new HashMap<>();
    private final CountingInbox inbox = new CountingInbox();

    /** Knows how often it was asked. */
    private static final class CountingInbox implements Inbox {

        private final Inbox passThrough = new PassThroughInbox();
        private int count;

        @Override
        public SagaReply handle(SagaCommand command, Effect effect, StepAction action) throws Exception {
            count++;
            return passThrough.handle(command, effect, action);
        }

        @Override
        public void setListener(ParticipantListener listener) {
            passThrough.setListener(listener);
        }
    }

    @BeforeEach
    void start() {
        context.getRegistry().bind("participants", Participants.class, new Participants() {
            @Override
            public void add(String service, String command, CommandHandler handler) {
                handlers.put(service + "/" + command, handler);
            }

            @Override
            public void remove(String service, String command) {
                handlers.remove(service + "/" + command);
            }

            @Override
            public CompletableFuture<SagaReply> call(SagaCommand command) {
                throw new UnsupportedOperationException();
            }
        });
        context.getRegistry().bind("shipping-service.inbox", Inbox.class, inbox);
        context.start();
    }

    @AfterEach
    void leavesNoHandler() {
        context.stop();
        assertThat(handlers).isEmpty();
    }

    private CommandHandler route(String options, Processor processor) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("saga-command:shipping-service/PrepareShipping" + options).process(processor);
            }
        });
        return handlers.get("shipping-service/PrepareShipping");
    }

    private static SagaCommand command() throws Exception {
        return new SagaCommand(
                new SagaId("saga-1"),
                new Step("PREPARE_SHIPPING", 1),
                "shipping-service",
                "PrepareShipping",
                new MessageCodec().json().readTree("{\"country\":\"AQ\"}"),
                Phase.ACTION);
    }

    @Test
    void withoutAnInboxTheRouteDoesNotStartAndSaysWhatToDo() {
        context.getRegistry().unbind("shipping-service.inbox");

        assertThatThrownBy(() -> route("", exchange -> {}))
                .rootCause()
                .hasMessageContaining("saga-command:shipping-service/PrepareShipping has no inbox")
                .hasMessageContaining("spring.datasource.url")
                .hasMessageContaining("shipping-service.inbox")
                .hasMessageContaining("idempotent=true");
    }

    @Test
    void handsTheDataAndTheNamesToTheRouteAndAnswersWithItsBody() throws Exception {
        CommandHandler handler = route("", exchange -> exchange.getMessage()
                .setBody(Map.of(
                        "country", exchange.getMessage().getBody(Map.class).get("country"),
                        "saga", exchange.getMessage().getHeader(SagaConstants.SAGA_ID),
                        "step", exchange.getMessage().getHeader(SagaConstants.STEP),
                        "phase", exchange.getMessage().getHeader(SagaConstants.PHASE))));

        SagaReply reply = handler.handle(command());

        assertThat(reply.status()).isEqualTo(SagaReply.Status.SUCCESS);
        assertThat(reply.result())
                .isEqualTo(
                        new MessageCodec()
                                .json()
                                .readTree(
                                        "{\"country\":\"AQ\",\"saga\":\"saga-1\",\"step\":\"PREPARE_SHIPPING\",\"phase\":\"ACTION\"}"));
        assertThat(inbox.count).isOne();
    }

    /** Two commands of a step have different keys of their own; the step's is the same for its compensation, as ever. */
    @Test
    void hasAKeyOfTheStepAndOneOfTheCommand() throws Exception {
        CommandHandler handler = route("", exchange -> exchange.getMessage()
                .setBody(List.of(
                        exchange.getMessage().getHeader(SagaConstants.IDEMPOTENCY_KEY),
                        exchange.getMessage().getHeader(SagaConstants.COMMAND_KEY))));

        assertThat(handler.handle(command()).result())
                .hasToString("[\"saga-1/PREPARE_SHIPPING\",\"saga-1/PREPARE_SHIPPING/PrepareShipping\"]");
    }

    @Test
    void answersABusinessExceptionThatTheParticipantCallsARejection() throws Exception {
        context.getRegistry()
                .bind(
                        "shipping-service.rejections",
                        Rejections.class,
                        Rejections.none().with(ArithmeticException.class, "NOT_SHIPPABLE"));

        SagaReply reply = route("", SagaCommandConsumerTest::refuse).handle(command());

        assertThat(reply).isEqualTo(SagaReply.rejected(command(), "NOT_SHIPPABLE", "No carrier goes there"));
    }

    @Test
    void leavesTechnicalTroubleToWhoeverTriesAgain() throws Exception {
        CommandHandler handler = route("", SagaCommandConsumerTest::refuse);

        assertThatThrownBy(() -> handler.handle(command())).isInstanceOf(ArithmeticException.class);
    }

    private static void refuse(Exchange exchange) {
        throw new ArithmeticException("No carrier goes there");
    }

    @Test
    void triesThreeTimesUnlessToldOtherwise() throws Exception {
        assertThat(route("", exchange -> {}).backoff()).isEqualTo(CommandHandler.THREE_ATTEMPTS);
    }

    @Test
    void triesAsOftenAndAsSoonAsItIsTold() throws Exception {
        assertThat(route("?attempts=5&retryDelay=1s", exchange -> {}).backoff())
                .isEqualTo(new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), 5));
    }

    @Test
    void goesPastTheInboxWhenTheParticipantIsIdempotentByItself() throws Exception {
        SagaReply reply = route("?idempotent=true", exchange -> {}).handle(command());

        assertThat(reply.status()).isEqualTo(SagaReply.Status.SUCCESS);
        assertThat(inbox.count).isZero();
    }

    @Test
    void refusesAnInboxForWhatIsCalledIdempotent() {
        assertThatThrownBy(() -> route("?idempotent=true&inbox=#shipping-service.inbox", exchange -> {}))
                .hasRootCauseMessage(
                        "saga-command://shipping-service/PrepareShipping?idempotent=true"
                                + "&inbox=%23shipping-service.inbox has an inbox and is called idempotent: remove one of the two");
    }

    private CommandHandler route(Consumer<RouteBuilder> errorHandling, Consumer<RouteDefinition> steps)
            throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandling.accept(this);
                steps.accept(from("saga-command:shipping-service/PrepareShipping"));
            }
        });
        return handlers.get("shipping-service/PrepareShipping");
    }

    static Stream<Named<Consumer<RouteBuilder>>> takingWhatIsThrown() {
        return Stream.of(
                Named.of("a dead letter channel", routes -> routes.errorHandler(routes.deadLetterChannel("log:dead"))),
                Named.of("onException handled", routes -> routes.onException(Exception.class)
                        .handled(true)
                        .setBody(ExpressionBuilder.constantExpression("sorry"))),
                Named.of("onException with rollback", routes -> routes.onException(Exception.class)
                        .handled(true)
                        .markRollbackOnly()));
    }

    @ParameterizedTest
    @MethodSource("takingWhatIsThrown")
    void answersARejectionThatAnErrorHandlerTook(Consumer<RouteBuilder> errorHandling) throws Exception {
        CommandHandler handler = route(
                errorHandling,
                route -> route.process(exchange -> {
                    throw new StepRejectedException("DECLINED", "card declined");
                }));

        assertThat(handler.handle(command())).isEqualTo(SagaReply.rejected(command(), "DECLINED", "card declined"));
    }

    @ParameterizedTest
    @MethodSource("takingWhatIsThrown")
    void leavesTroubleThatAnErrorHandlerTookToWhoeverTriesAgain(Consumer<RouteBuilder> errorHandling) throws Exception {
        CommandHandler handler = route(errorHandling, route -> route.process(SagaCommandConsumerTest::refuse));

        assertThatThrownBy(() -> handler.handle(command())).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void leavesARollbackToWhoeverTriesAgain() throws Exception {
        CommandHandler handler = route(routes -> {}, RouteDefinition::markRollbackOnly);

        assertThatThrownBy(() -> handler.handle(command()))
                .hasMessage("The route marked for rollback its exchange and took no further step");
    }

    @Test
    void answersWhatTheRouteItselfMadeOfAFailure() throws Exception {
        CommandHandler handler = route(routes -> {}, route -> route.doTry()
                .process(SagaCommandConsumerTest::refuse)
                .doCatch(ArithmeticException.class)
                .setBody(ExpressionBuilder.constantExpression("by mule"))
                .end());

        assertThat(handler.handle(command()).result().asText()).isEqualTo("by mule");
    }

    @Test
    void answersWhatTheRouteEndsWithWhenItWentOnAfterAFailure() throws Exception {
        CommandHandler handler =
                route(routes -> routes.onException(ArithmeticException.class).continued(true), route -> route.process(
                                SagaCommandConsumerTest::refuse)
                        .setBody(ExpressionBuilder.constantExpression("by mule")));

        assertThat(handler.handle(command()).result().asText()).isEqualTo("by mule");
    }
}
