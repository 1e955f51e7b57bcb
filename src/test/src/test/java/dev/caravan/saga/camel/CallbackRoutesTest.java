package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.lra.CoordinatorTransport;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.World;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.ProcessorEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The exchange of a compensation: to what address it goes, and which saga it is in. */
class CallbackRoutesTest extends InEitherMode {

    private static final String SECRET = "geheim-4711";

    private final List<Object> seen = new ArrayList<>();
    private int times;
    private SagaRing ring;

    /** A saga that fails behind its one step. */
    private abstract class Order extends RouteBuilder {

        private final String compensation;

        private Order(String compensation) {
            this.compensation = compensation;
        }

        @Override
        public void configure() {
            from("direct:order")
                    .routeId("order")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:pay")
                    .throwException(new IllegalStateException("sold out"));
            from("direct:pay")
                    .routeId("pay")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation(compensation)
                    .process(CallbackRoutesTest.this::seeSaga);
            refund(from("direct:refund").routeId("refund"));
        }

        abstract void refund(RouteDefinition route);
    }

    /** Such as have the compensation {@code direct:refund}. */
    private abstract class Refunding extends Order {
        private Refunding() {
            super("direct:refund");
        }
    }

    private void seeSaga(Exchange exchange) {
        seen.add(exchange.getIn().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION));
    }

    /** Of the message to a compensation: one way where the log decides, as by Camel's service in memory. */
    ExchangePattern pattern() {
        return ExchangePattern.InOnly;
    }

    @AfterEach
    void leavesNothingPending() {
        ring.assertNothingIsPending();
        ring.close();
    }

    private void order(Order routes) throws Exception {
        ring = ring(routes);
        ring.send("direct:order", "one");
        ring.advance(Duration.ofMinutes(1));
    }

    private List<String> commands() {
        return ring.cluster.participants.received().stream()
                .map(SagaCommand::command)
                .toList();
    }

    @Test
    void goesToTheAddressWithThePasswordThatIsNotInTheLog() throws Exception {
        order(new Order("bank:refund?password=" + SECRET) {
            @Override
            public void configure() {
                getContext().addComponent("bank", new DefaultComponent() {
                    @Override
                    protected Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters) {
                        parameters.clear();
                        return new ProcessorEndpoint(uri, this, exchange -> seen.add(uri));
                    }
                });
                super.configure();
            }

            @Override
            void refund(RouteDefinition route) {
                route.to("log:refund");
            }
        });

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(seen.get(1)).asString().endsWith("refund?password=" + SECRET);
        assertThat(ring.saga().step(new Step("PAY", 1)).orElseThrow().compensation())
                .hasValueSatisfying(address -> assertThat(address).doesNotContain(SECRET));
    }

    @Test
    void carriesTheSagaAsItsStepDid() throws Exception {
        order(new Refunding() {
            @Override
            void refund(RouteDefinition route) {
                route.process(CallbackRoutesTest.this::seeSaga).process(exchange -> seen.add(exchange.getPattern()));
            }
        });

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(seen.get(0)).isNotNull();
        assertThat(seen).containsExactly(seen.get(0), seen.get(0), pattern());
    }

    @Test
    void isInItsSagaWhoseHeadersItRemoves() throws Exception {
        order(new Refunding() {
            @Override
            void refund(RouteDefinition route) {
                route.removeHeaders("*").to("saga-command:bank/Refund");
            }
        });

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(commands()).containsExactly("Refund");
    }

    @Test
    void beginsTheSagaThatFailedInItAnewWhenItIsTriedAgain() throws Exception {
        order(new Refunding() {
            @Override
            void refund(RouteDefinition route) {
                route.to("direct:transfer");
                from("direct:transfer")
                        .routeId("transfer")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .process(exchange -> {
                            if (++times == 1) {
                                throw new IllegalStateException("the bank is closed");
                            }
                        });
            }
        });

        assertThat(ring.sagas())
                .extracting(saga -> saga.name() + " " + saga.status())
                .containsExactlyInAnyOrder("order COMPENSATED", "transfer COMPENSATED", "transfer COMPLETED");
        assertThat(times).isEqualTo(2);
    }

    /** Whose id names none of this application's. */
    @Test
    void isInTheSagaThatIsThePartInAnLraOfOthers() throws Exception {
        World world = World.inOrder();
        SimulatedLraCoordinator coordinator = new SimulatedLraCoordinator(world);
        ring = new SagaRing(world, coordinator, new Refunding() {
            @Override
            void refund(RouteDefinition route) {
                route.to("saga-command:bank/Refund");
            }
        });
        String lra = asked(coordinator, "POST", "http://coordinator.example/lra-coordinator/start");
        ring.send("direct:pay", "one", Map.of(Exchange.SAGA_LONG_RUNNING_ACTION, lra));

        asked(coordinator, "PUT", lra + "/cancel");

        assertThat(coordinator.ends()).containsExactly("Cancelled");
        assertThat(ring.sagas()).extracting(SagaState::status).contains(SagaStatus.COMPENSATED);
        assertThat(commands()).containsExactly("Refund");
    }

    /** What another application would ask. */
    private String asked(SimulatedLraCoordinator coordinator, String method, String uri) {
        CoordinatorTransport transport =
                coordinator.settings(ring.member.instance).transport();
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        CompletableFuture<String> answer = transport.send(request).thenApply(HttpResponse::body);
        ring.advance(Duration.ofMinutes(1));
        return answer.join();
    }
}
