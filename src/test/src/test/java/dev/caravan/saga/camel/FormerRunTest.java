package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.state.SagaEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.AsyncProcessorSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A saga moved away and came back while an exchange of its route was somewhere: its route runs again, and that exchange does nothing more. */
class FormerRunTest extends InEitherMode {

    private final List<CompletableFuture<Void>> exchanges = new ArrayList<>();
    private SagaRing ring;

    /** Each exchange waits before what comes next. */
    private final class Routes extends RouteBuilder {

        private final Consumer<SagaDefinition> next;

        private Routes(Consumer<SagaDefinition> next) {
            this.next = next;
        }

        @Override
        public void configure() {
            next.accept(from("direct:order")
                    .routeId("order")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .process(new AsyncProcessorSupport() {
                        @Override
                        public boolean process(Exchange exchange, AsyncCallback callback) {
                            CompletableFuture<Void> goesOn = new CompletableFuture<>();
                            exchanges.add(goesOn);
                            goesOn.thenRun(() -> callback.done(false));
                            return false;
                        }
                    }));
            from("direct:ship")
                    .routeId("ship")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:recall")
                    .to("saga-command:depot/Ship");
            from("direct:recall").routeId("recall").to("saga-command:depot/Recall");
            from("direct:points")
                    .routeId("points")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("saga-command:shop/AddPoints");
        }
    }

    static Stream<Named<Consumer<SagaDefinition>>> next() {
        return Stream.of(
                Named.of("a step", order -> order.to("direct:ship")),
                Named.of("a command", order -> order.to("saga-command:depot/Ship")),
                Named.of("a saga of its own", order -> order.to("direct:points")),
                Named.of("a request to undo it", order -> order.to("saga:compensate")),
                Named.of("its end", order -> order.log("done")));
    }

    @AfterEach
    void leavesNothingPending() {
        ring.assertNothingIsPending();
        ring.close();
    }

    @ParameterizedTest
    @MethodSource("next")
    void doesNothingMore(Consumer<SagaDefinition> next) throws Exception {
        ring = ring(new Routes(next));
        CompletableFuture<Exchange> former = ring.send("direct:order", Map.of("id", 1));
        ring.member.lose(0);
        ring.member.gain(0);
        ring.world.run();
        assertThat(exchanges).hasSize(2);

        goOn(0);

        assertThat(former).isDone();
        assertThat(former.join().getException()).isInstanceOf(IllegalStateException.class);
        assertThat(sent()).isEmpty();
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.EXECUTING);
        assertThat(ring.saga().steps()).isEmpty();

        goOn(1);

        assertThat(ring.sagas()).allMatch(saga -> saga.status().isTerminal());
        assertThat(sent()).doesNotHaveDuplicates();
    }

    /** Nothing is asked of the saga in its log either: who owns it now goes on with it. */
    @ParameterizedTest
    @MethodSource("next")
    void asksNothingOfASagaThatIsElsewhere(Consumer<SagaDefinition> next) throws Exception {
        ring = ring(new Routes(next));
        CompletableFuture<Exchange> former = ring.send("direct:order", Map.of("id", 1));
        ring.member.lose(0);
        ring.world.run();

        goOn(0);

        assertThat(sent()).isEmpty();
        assertThat(ring.sagas()).hasSize(1);
        assertThat(ring.events(ring.saga().sagaId())).hasSize(1).allMatch(SagaEvent.Start.class::isInstance);

        ring.member.gain(0);
        ring.world.run();

        assertThat(former).isDone(); // to begin another saga, it waited for a partition
        assertThat(former.join().getException()).isInstanceOf(IllegalStateException.class);

        goOn(1);

        assertThat(ring.sagas()).allMatch(saga -> saga.status().isTerminal());
        assertThat(sent()).doesNotHaveDuplicates();
    }

    private void goOn(int exchange) {
        ring.world.as(ring.member.instance, () -> exchanges.get(exchange).complete(null));
        ring.world.run();
    }

    private List<String> sent() {
        return ring.cluster.participants.received().stream()
                .map(SagaCommand::command)
                .toList();
    }
}
