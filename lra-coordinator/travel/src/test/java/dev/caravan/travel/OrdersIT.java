package dev.caravan.travel;

import static dev.caravan.travel.Effects.whats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.LoopbackPorts;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.main.CaravanConfiguration;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaState;
import dev.caravan.testing.HangLimit;
import dev.caravan.travel.Effects.Effect;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.main.Main;
import org.apache.camel.saga.InMemorySagaService;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * An application with Spring Boot and steps of SQL, HTTP, JMS and beans, killed again and again under load: effect by effect as
 * by Camel's own service in memory, except for orders with a step in doubt, of which nothing is left. {@code -Dorders.seed} kills
 * it elsewhere, {@code -Dorders} and {@code -Dorders.kills} say how many there are.
 */
class OrdersIT {

    private static final int ORDERS = Integer.getInteger("orders", 120);
    private static final int KILLS = Integer.getInteger("orders.kills", 4);
    private static final long SEED = Long.getLong("orders.seed", 1);
    private static final int EFFECTS_OF_AN_ORDER = 4;

    @TempDir
    private Path directory;

    private final int port = LoopbackPorts.free();
    private final int suppliersPort = LoopbackPorts.free();
    private Path file;
    private Surroundings surroundings;
    private Server databases;
    private Effects effects;
    private CamelContext suppliers;
    private Process process;

    @BeforeEach
    void start() throws Exception {
        surroundings = new Surroundings(directory);
        databases = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        file = directory.resolve("effects");
        effects = new Effects(file, database());
        suppliers = context();
        suppliers.addRoutes(new OrdersRoutes.Suppliers(file));
        suppliers.start();
    }

    @AfterEach
    void stop() {
        if (process != null) {
            process.destroyForcibly();
        }
        if (suppliers != null) {
            suppliers.stop();
        }
        databases.stop();
        surroundings.close();
    }

    private String databaseUrl() {
        return "jdbc:h2:tcp://127.0.0.1:%d/mem:orders-%d;DB_CLOSE_DELAY=-1".formatted(databases.getPort(), port);
    }

    private DataSource database() {
        return new DriverManagerDataSource(databaseUrl(), "sa", "");
    }

    private DefaultCamelContext context() {
        DefaultCamelContext context = new DefaultCamelContext();
        Properties properties = new Properties();
        properties.setProperty("suppliers.port", Integer.toString(suppliersPort));
        context.getPropertiesComponent().setInitialProperties(properties);
        context.getRegistry().bind("dataSource", database());
        context.addComponent("jms", Orders.jms(surroundings.jmsUrl()));
        return context;
    }

    private Process process(String coordinator, String... settings) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "-Djms.url=" + surroundings.jmsUrl(),
                "-Deffects=" + file,
                "-cp",
                System.getProperty("java.class.path"),
                Orders.class.getName(),
                "--spring.application.name=orders",
                "--server.address=127.0.0.1",
                "--server.port=" + port,
                "--suppliers.port=" + suppliersPort,
                "--spring.datasource.url=" + databaseUrl(),
                "--spring.datasource.username=sa",
                "--caravan.coordinator=" + coordinator,
                "--caravan.instance-id=orders-1",
                "--caravan.lra.callback-secret=a secret of these tests",
                "--camel.lra.coordinator-url=" + surroundings.coordinatorUrl(),
                "--camel.component.kafka.brokers=" + surroundings.brokers()));
        arguments.addAll(List.of(settings));
        process = surroundings.launch("orders", arguments);
        return process;
    }

    /** What each order does where nobody is killed, by its number. */
    private Map<Integer, List<Effect>> byCamel() throws Exception {
        try (DefaultCamelContext context = context()) {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() throws Exception {
                    getContext().addService(new InMemorySagaService());
                }
            });
            context.addRoutes(new OrdersRoutes(file));
            context.start();
            ProducerTemplate template = context.createProducerTemplate();
            int undone = 0;
            for (int order = 0; order < ORDERS; order++) {
                String id = "calm-" + order;
                boolean refused = order % 7 == 2;
                boolean failed = refused || order % 5 == 3;
                assertThat(template.request("direct:order", exchange -> exchange.getIn()
                                        .setBody(id))
                                .isFailed())
                        .isEqualTo(failed);
                undone += refused ? 2 : failed ? EFFECTS_OF_AN_ORDER : 0;
            }
            int expected = undone;
            await().untilAsserted(() -> assertThat(effects.byOrder().values().stream()
                            .flatMap(List::stream)
                            .filter(effect -> effect.kind().equals("undone")
                                    && effect.order().startsWith("calm-")))
                    .hasSize(expected));
        }
        Map<Integer, List<Effect>> byNumber = new HashMap<>();
        effects.byOrder().forEach((order, ofOrder) -> {
            if (order.startsWith("calm-")) {
                byNumber.put(Effects.number(order), ofOrder);
            }
        });
        return byNumber;
    }

    private static List<SagaState> sagas(SagaLog log) {
        List<SagaState> sagas = new ArrayList<>();
        for (int partition = 0; partition < log.partitions(); partition++) {
            log.replay(partition, entry -> {
                if (entry.event() instanceof SagaEvent.Start) {
                    sagas.add(SagaState.replay(entry.sagaId(), log.read(entry.sagaId())));
                }
            });
        }
        return sagas;
    }

    /** An application that runs none, and sees those of others. */
    private Main observer() {
        Main observer = new Main();
        observer.addInitialProperty("camel.main.name", "observer");
        observer.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
        observer.addInitialProperty("camel.component.kafka.brokers", surroundings.brokers());
        observer.start();
        return observer;
    }

    @ParameterizedTest
    @ValueSource(strings = {"log", "lra"})
    void doesWhatItDoesInMemoryHoweverOftenItIsKilled(String coordinator) throws Exception {
        Map<Integer, List<Effect>> calm = byCamel();
        surroundings.awaitCoordinator();
        Random random = new Random(SEED);
        URI orders = URI.create("http://127.0.0.1:%d/orders".formatted(port));
        Map<String, Integer> answers;
        try (Customers customers = new Customers(orders, ORDERS, "killed-")) {
            for (int kill = 0; kill < KILLS; kill++) {
                surroundings.awaitReady("orders", process(coordinator), kill + 1L);
                long until = effects.count("killed-") + 5 + random.nextInt(EFFECTS_OF_AN_ORDER * ORDERS / (KILLS + 2));
                customers.come();
                await().until(() -> effects.count("killed-") >= until);
                customers.stay();
                process.destroyForcibly().waitFor();
            }
            surroundings.awaitReady("orders", process(coordinator), KILLS + 1L);
            customers.come();
            await().until(() -> customers.answers().size() == ORDERS);
            answers = customers.answers();
        }
        List<SagaState> sagas = awaitTheEnd();

        Map<String, List<Effect>> all = effects.byOrder();
        List<String> begun = new ArrayList<>();
        for (SagaState saga : sagas) {
            String order = saga.start().body().asText();
            begun.add(order);
            check(saga, all.getOrDefault(order, List.of()), calm.get(Effects.number(order)), answers.get(order));
        }
        assertThat(begun).doesNotHaveDuplicates();
        assertThat(sagas).anyMatch(saga -> saga.epoch() > 0);
        answers.forEach((order, answer) -> assertThat(begun.contains(order) || answer == Customers.NONE)
                .as("%s was answered %d and is in no saga", order, answer)
                .isTrue());
        assertThat(all.keySet())
                .filteredOn(order -> order.startsWith("killed-"))
                .as("what was done is of a saga")
                .isSubsetOf(begun);
    }

    private List<SagaState> awaitTheEnd() throws Exception {
        Main observer = observer();
        try {
            SagaLog log = observer.lookup("caravanSagaHost", SagaHost.class).log();
            await().untilAsserted(() -> assertThat(sagas(log))
                    .filteredOn(saga -> !saga.status().isTerminal())
                    .as("what is left")
                    .isEmpty());
            await().untilAsserted(() -> assertThat(surroundings.open()).isEqualTo("[]"));
            return sagas(log);
        } finally {
            observer.stop();
        }
    }

    private static void check(SagaState saga, List<Effect> effects, List<Effect> calm, int answer) {
        String story = "answered %d: %s%nwithout a kill: %s%n%s".formatted(answer, effects, calm, saga);
        List<String> done = whats(effects, "done");
        assertThat(done).as(story).doesNotHaveDuplicates();
        assertThat(Effects.agree(effects)).as(story).isTrue();
        if (answer == 200) {
            assertThat(saga.status()).as(story).isEqualTo(SagaStatus.COMPLETED);
        }
        if (String.valueOf(saga.reason()).contains("is in doubt: it began before a crash")) {
            assertThat(saga.status()).as(story).isEqualTo(SagaStatus.COMPENSATED);
            assertThat(answer).as(story).isEqualTo(Customers.NONE);
            assertThat(whats(effects, "undone")).as(story).containsAll(done);
        } else {
            assertThat(done).as(story).isEqualTo(whats(calm, "done"));
            assertThat(whats(effects, "undone")).as(story).isEqualTo(whats(calm, "undone"));
        }
    }

    /** The service in memory that it had before, left in by mistake. */
    @ParameterizedTest
    @ValueSource(strings = {"log", "lra"})
    void doesNotStartWithItsOwnServiceBesideCaravans(String coordinator) throws Exception {
        Process refused = process(coordinator, "--own.service=true");

        assertThat(refused.waitFor(HangLimit.SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(refused.exitValue()).isNotZero();
        assertThat(surroundings.log("orders"))
                .contains("The bean sagas is a saga service of its own", "Remove that bean");
    }
}
