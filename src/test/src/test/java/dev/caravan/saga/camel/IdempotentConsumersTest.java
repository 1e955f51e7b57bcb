package dev.caravan.saga.camel;

import static org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository.memoryIdempotentRepository;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.ExpressionAdapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An idempotent consumer in the saga's own route, whose repository is there when its process has died. */
class IdempotentConsumersTest extends InEitherMode {

    private final List<SagaRing> rings = new ArrayList<>();
    private final List<String> effects = new ArrayList<>();
    private IdempotentRepository repository;
    private int behind;

    @AfterEach
    void stops() {
        rings.forEach(SagaRing::close);
    }

    private final class Routes extends RouteBuilder {

        private final String setting;

        private Routes(String setting) {
            this.setting = setting;
        }

        @Override
        public void configure() {
            getContext().getPropertiesComponent().addInitialProperty("caravan.other-path", setting);
            from("direct:order")
                    .routeId("order")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .idempotentConsumer(header("id"), repository)
                    .to("direct:pay")
                    .to("direct:ship")
                    .end()
                    .process(exchange -> behind++);
            step("pay");
            step("ship");
        }

        private void step(String name) {
            from("direct:" + name)
                    .routeId(name)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-" + name)
                    .process(exchange ->
                            act(exchange.getProperty(Exchange.DUPLICATE_MESSAGE) == null ? name : name + " once more"));
            from("direct:undo-" + name).routeId("undo-" + name).process(exchange -> act("undo " + name));
        }
    }

    private void act(String effect) {
        assertThat(rings.get(rings.size() - 1).world.current().isAlive()).isTrue();
        effects.add(effect);
    }

    private SagaRing first(RouteBuilder routes) throws Exception {
        effects.clear();
        behind = 0;
        repository = memoryIdempotentRepository();
        SagaRing ring = ring(routes);
        rings.add(ring);
        return ring;
    }

    private SagaRing first(String setting) throws Exception {
        return first(new Routes(setting));
    }

    private SagaState recovered(Consumer<Instance> death, Supplier<RouteBuilder> routes) throws Exception {
        SagaRing dead = first(routes.get());
        death.accept(dead.member.instance);
        dead.send("direct:order", "one", Map.of("id", 7));
        SagaRing next = dead.takenOver(routes.get());
        rings.add(next);
        next.advance(Duration.ofHours(1));
        return next.saga();
    }

    /** Of the saga that its route ends well, wherever its process dies, and of the effects that it has then. */
    private void completesWhereverItDies(Supplier<RouteBuilder> routes, String... expected) throws Exception {
        SagaRing whole = first(routes.get());
        whole.send("direct:order", "one", Map.of("id", 7));
        int acts = whole.member.instance.acts();
        for (int act = 0; act < acts; act++) {
            int at = act;
            for (Consumer<Instance> death : List.<Consumer<Instance>>of(
                    instance -> instance.dieAfter(at), instance -> instance.dieBefore(at + 1))) {
                SagaState saga = recovered(death, routes);

                assertThat(saga.status()).as("died at %d: %s", act, saga).isEqualTo(SagaStatus.COMPLETED);
                assertThat(effects).as("died at %d", act).contains(expected);
            }
        }
    }

    /** One step that may be done twice. */
    private abstract class OneStep extends RouteBuilder {

        @Override
        public void configure() {
            order(from("direct:order").routeId("order").saga().propagation(SagaPropagation.REQUIRES_NEW));
            from("direct:pay").routeId("pay").to("direct:paying");
            pay(from("direct:paying")
                    .routeId("paying")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .option(SagaConstants.IDEMPOTENT, constant(true)));
        }

        void order(SagaDefinition saga) {
            saga.to("direct:pay");
        }

        void pay(SagaDefinition step) {
            step.process(exchange -> act("pay"));
        }
    }

    @Test
    void oneThatLetsDuplicatesGoOnLetsThemGoOnAfterACrash() throws Exception {
        completesWhereverItDies(
                () -> new OneStep() {
                    @Override
                    void order(SagaDefinition saga) {
                        saga.idempotentConsumer(header("id"), repository)
                                .skipDuplicate(false)
                                .to("direct:pay");
                    }
                },
                "pay");
    }

    /** What is in a step is the step's. */
    @Test
    void oneWithinAStepLeavesOutWhatItKnows() throws Exception {
        completesWhereverItDies(
                () -> new OneStep() {
                    @Override
                    void pay(SagaDefinition step) {
                        step.idempotentConsumer(header("id"), repository).process(exchange -> act("pay"));
                    }
                },
                "pay");
    }

    /** A message that was one before, elsewhere, is one in the content, as by Camel's service in memory. */
    private final class Marked extends OneStep {

        private final String key;

        private Marked(String key) {
            this.key = key;
        }

        @Override
        void order(SagaDefinition saga) {
            saga.setProperty(Exchange.DUPLICATE_MESSAGE, constant(true))
                    .idempotentConsumer(simple(key), repository)
                    .to("direct:pay");
        }

        @Override
        void pay(SagaDefinition step) {
            step.process(exchange -> act("pay " + exchange.getProperty(Exchange.DUPLICATE_MESSAGE)));
        }
    }

    @Test
    void aMarkThatTheMessageHadBeforeIsNoneOfIts() throws Exception {
        completesWhereverItDies(() -> new Marked("${random(1,1000000000)}"), "pay true");
    }

    @Test
    void goesOnWithTheMarkThatTheMessageHadBefore() throws Exception {
        SagaRing whole = first(new Marked("${header.id}"));
        whole.send("direct:order", "one", Map.of("id", 7));
        List<String> all = new ArrayList<>();
        for (int act = 1; act < whole.member.instance.acts(); act++) {
            int at = act;
            recovered(instance -> instance.dieAfter(at), () -> new Marked("${header.id}"));
            all.addAll(effects);
        }

        assertThat(all).isNotEmpty().containsOnly("pay true");
    }

    @Test
    void oneBehindWhichTheRouteIsStoppedHasNotLeftOutTheMessage() throws Exception {
        completesWhereverItDies(() -> new OneStep() {
            @Override
            public void configure() {
                intercept().onWhen(exchangeProperty("told")).stop();
                super.configure();
            }

            @Override
            void order(SagaDefinition saga) {
                saga.idempotentConsumer(
                                new ExpressionAdapter() {
                                    @Override
                                    public Object evaluate(Exchange exchange) {
                                        exchange.setProperty("told", true);
                                        return "key";
                                    }
                                },
                                memoryIdempotentRepository())
                        .to("direct:pay");
            }
        });
        assertThat(effects).isEmpty();
    }

    /** Its key can be told no more after the crash. */
    @Test
    void oneThatFailsHasNotLeftOutTheMessage() throws Exception {
        Iterator<String> keys = List.of("${header.id}", "${null}").iterator();
        SagaState saga = recovered(instance -> instance.dieAfter(0), () -> new Marked(keys.next()));

        assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(effects).isEmpty();
    }

    /** Of which the outer one forgets with its process, and the inner one does not. */
    @Test
    void whatOneWithinAnotherTakesForADuplicateIsNoneOfTheOther() throws Exception {
        completesWhereverItDies(
                () -> new OneStep() {
                    @Override
                    void order(SagaDefinition saga) {
                        saga.idempotentConsumer(header("id"), memoryIdempotentRepository())
                                .idempotentConsumer(header("id"), repository)
                                .skipDuplicate(false)
                                .to("direct:pay");
                    }
                },
                "pay");
    }

    @Test
    void whatOneWithinAStepLeavesOutIsNoneOfTheOneAroundIt() throws Exception {
        completesWhereverItDies(
                () -> new OneStep() {
                    @Override
                    void order(SagaDefinition saga) {
                        saga.idempotentConsumer(header("id"), memoryIdempotentRepository())
                                .to("direct:pay");
                    }

                    @Override
                    void pay(SagaDefinition step) {
                        step.idempotentConsumer(header("id"), repository).process(exchange -> act("pay"));
                    }
                },
                "pay");
    }

    private List<String> left() {
        List<String> left = new ArrayList<>(effects);
        effects.stream().filter(effect -> effect.startsWith("undo ")).forEach(effect -> Stream.of(
                        effect, effect.substring("undo ".length()))
                .forEach(left::remove));
        return left;
    }

    @Test
    void leavesOutAMessageThatComesAgain() throws Exception {
        SagaRing ring = first("wait");
        ring.send("direct:order", "one", Map.of("id", 7));
        ring.send("direct:order", "one", Map.of("id", 7));

        assertThat(ring.sagas()).extracting(SagaState::status).containsOnly(SagaStatus.COMPLETED);
        assertThat(effects).containsExactly("pay", "ship");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wait", "undo"})
    void neverCompletesASagaWithoutWhatIsInIt(String setting) throws Exception {
        SagaRing whole = first(setting);
        whole.send("direct:order", "one", Map.of("id", 7));
        assertThat(whole.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        List<SagaStatus> ends = new ArrayList<>();
        for (int act = 0; act < whole.member.instance.acts(); act++) {
            int at = act;
            ends.add(endedOrWaiting(setting, "after " + act, instance -> instance.dieAfter(at)));
            ends.add(endedOrWaiting(setting, "before " + act, instance -> instance.dieBefore(at + 1)));
        }
        assertThat(ends).contains(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
        assertThat(ends.contains(SagaStatus.EXECUTING)).isEqualTo(setting.equals("wait"));
    }

    private SagaStatus endedOrWaiting(String setting, String when, Consumer<Instance> death) throws Exception {
        SagaState saga = recovered(death, () -> new Routes(setting));
        switch (saga.status()) {
            case COMPLETED -> assertThat(left()).as("died %s", when).containsExactly("pay", "ship");
            case COMPENSATED -> {
                assertThat(left()).as("died %s", when).isEmpty();
                assertThat(behind).as("died %s", when).isZero();
            }
            default -> {
                assertThat(saga.reason()).contains("idempotentConsumer");
                assertThat(effects).as("died %s", when).isEmpty();
                assertThat(behind).as("died %s", when).isZero();
            }
        }
        return saga.status();
    }
}
