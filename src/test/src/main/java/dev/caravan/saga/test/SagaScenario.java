package dev.caravan.saga.test;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.SagaAnswers.Answer;
import dev.caravan.saga.engine.SagaAnswers.By;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.SagaState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/**
 * One saga, as its route files or route builders have it, with participants that do what they are told, and a clock that
 * stands still until a test moves it. Mode {@code log}, in memory. Everything happens on the thread of the test, in the
 * same order each time.
 *
 * <pre>{@code
 * try (SagaScenario trip = SagaScenario.ofFiles("file:routes/trip.camel.xml")) {
 *     trip.given("BookHotel").isRejected();
 *
 *     trip.start("direct:trip", Map.of("traveller", "ann"));
 *
 *     trip.expect().compensated().compensations("CancelFlight").nothingIsLeft();
 * }
 * }</pre>
 *
 * <p>A command without a script succeeds. Participants have an inbox: a duplicate gets the recorded reply and a
 * compensation that comes first bars the action. A compensation that fails is tried five times in all, 1, 2, 4 and 8
 * seconds later. An instance can be killed at any append or dispatch; another one takes its sagas over, or one that was
 * recorded elsewhere: {@link #replay}. Not thread-safe.
 */
public final class SagaScenario implements AutoCloseable {

    private final RouteSource routes;
    private final CommandScripts scripts = new CommandScripts(this);
    private final Properties properties = new Properties();
    private final List<RunningRoutes> instances = new ArrayList<>();
    private final List<SagaReply> unread = new ArrayList<>();
    private String application = "scenario";
    private Reminders reminders;
    private World world;
    private SimulatedLog log;
    private SimulatedParticipants participants;
    private @Nullable RunningRoutes running;
    private BegunSagas begun;
    private boolean replayed;
    private Duration hangLimit = Duration.ofSeconds(20);

    /** Adds the routes of a saga to a context; called again for each instance. */
    @FunctionalInterface
    public interface RouteSource {
        void addTo(CamelContext context) throws Exception;
    }

    private SagaScenario(RouteSource routes) {
        this.routes = routes;
        begin(World.BEGIN);
    }

    private void begin(Instant now) {
        unread.clear();
        reminders = new Reminders();
        running = null;
        replayed = false;
        world = World.inOrder(now);
        log = new SimulatedLog(world, 1);
        begun = new BegunSagas(log, 0, null);
        participants = scripts.participants(world);
        participants.replyTo(this::deliver);
    }

    /** A reply that finds nobody waits for the next instance, as it does in Kafka. */
    private void deliver(SagaReply reply) {
        if (running != null && running.instance().isAlive()) {
            running.deliver(reply);
        } else {
            unread.add(reply);
        }
    }

    /** @param routes for instance {@code context -> context.addRoutes(new Trip())} */
    public static SagaScenario of(RouteSource routes) {
        return new SagaScenario(routes);
    }

    /**
     * @param files what Camel's route loaders can read, for instance {@code file:trip.camel.yaml}; the loader of their
     *     kind, such as camel-yaml-dsl, has to be on the class path
     */
    public static SagaScenario ofFiles(String... files) {
        return new SagaScenario(RunningRoutes.ofFiles(files));
    }

    /** Sets a {@code {{placeholder}}} of the routes; before the saga is started. */
    public SagaScenario property(String name, String value) {
        properties.setProperty(name, value);
        return this;
    }

    /** @param command its name, for instance {@code BookHotel} */
    public CommandScript given(String command) {
        return scripts.of(command);
    }

    public SagaScenario given(Failure failure) {
        return given(failure.command()).does(failure.how());
    }

    /** The instance dies right before its n-th append or dispatch from now on; the first is 0. */
    public SagaScenario dieBefore(int n) {
        runningRoutes().instance().dieBefore(n);
        return this;
    }

    /** The instance dies right after its n-th append or dispatch from now on, before it learns of its success. */
    public SagaScenario dieAfter(int n) {
        runningRoutes().instance().dieAfter(n);
        return this;
    }

    /** How many appends and dispatches the instance that is alive, or was the last, has made. */
    public int acts() {
        return running == null ? 0 : running.instance().acts();
    }

    /** Starts the saga and lets everything happen that can without time going by. */
    public SagaScenario start(String endpoint, Object body) {
        if (begun.started() != null) {
            throw new IllegalStateException("A scenario is that of one saga at a time: call another() first");
        }
        return during(() -> {
            begun = new BegunSagas(log, begun.before(), runningRoutes().startSaga(endpoint, body));
            world.run();
        });
    }

    /**
     * Takes a saga over from its log, in a world of its own, and lets everything happen that can without time going by. The
     * clock stands where the last entry was written. What the log says was done counts as done; what was given says
     * how participants answer from now on, and only what they are asked for from now on is in {@link #expect}.
     */
    public SagaScenario replay(RecordedSaga recorded) {
        kill();
        begin(recorded.lastWritten());
        SagaState state = recorded.state();
        application = Objects.requireNonNullElse(state.started().application(), application);
        recorded.entries().forEach(log::keep);
        participants.remember(state);
        replayed = true;
        return during(this::runningRoutes);
    }

    /**
     * Begins anew with the same routes: what was given is forgotten, and {@link #expect} is about the saga that is started
     * next. Quicker than another scenario, because the Camel context stays.
     */
    public SagaScenario another() {
        scripts.forget();
        begun = new BegunSagas(log, log.sagas().size(), null);
        return this;
    }

    /** Answers what a step waits for; {@code null} leaves the message as it is. Fails when the step does not wait. */
    public SagaScenario answer(String step, Object body) {
        runningRoutes().say(said -> said.answer(sagaId(), Step.parse(step), CommandScripts.yes(body), By.NOBODY));
        return this;
    }

    /** Says no to what a step waits for: the route gets a {@code StepRejectedException} with this code. */
    public SagaScenario refuse(String step, String code) {
        runningRoutes().say(said -> said.answer(sagaId(), Step.parse(step), Answer.no(code, null), By.NOBODY));
        return this;
    }

    /** A signal comes, for the first step that awaits its name, now or later. */
    public SagaScenario signal(String name, Object body) {
        runningRoutes().say(said -> said.signal(sagaId(), name, null, CommandScripts.yes(body), By.NOBODY));
        return this;
    }

    /** A step has this much time from now on to be answered. */
    public SagaScenario moveDeadline(String step, Duration time) {
        Instant until = world.now().plus(time);
        runningRoutes().say(said -> said.moveDeadline(sagaId(), Step.parse(step), until, By.NOBODY));
        return this;
    }

    private SagaId sagaId() {
        return expect().state().sagaId();
    }

    /** The steps whose waiting was reminded of, in this order. */
    public List<String> reminders() {
        return reminders.steps();
    }

    /** How many exchanges its instance holds in memory. */
    public int exchangesInMemory() {
        return runningRoutes().exchanges();
    }

    /** Lets this much time go by, and everything happen that can on the way. */
    public SagaScenario advance(Duration time) {
        return during(() -> world.advance(time));
    }

    /** Lets time go by until nothing waits for it any more. */
    public SagaScenario advanceToTheEnd() {
        return during(world::runToTheEnd);
    }

    /** Kills the instance, if it is alive: what it has not appended or sent is lost. */
    public SagaScenario kill() {
        if (running != null) {
            running.instance().die();
        }
        return this;
    }

    /** Another instance takes over: replays the log, and goes on with the saga. */
    public SagaScenario recover() {
        if (running != null && running.instance().isAlive()) {
            throw new IllegalStateException("The instance is alive; kill it first");
        }
        running = null;
        return during(() -> {
            runningRoutes();
            List<SagaReply> waiting = List.copyOf(unread);
            unread.clear();
            waiting.forEach(this::deliver);
            world.run();
        });
    }

    /** Every way in which each action of this saga can go wrong; of a saga that has ended well. */
    public List<Failure> failures() {
        return expect().completed().failures();
    }

    /** What happens may not wait for ever. */
    private SagaScenario during(Runnable happening) {
        new HangWatch(world, hangLimit).during(happening);
        if (running != null) {
            running.checkForHangs();
        }
        return this;
    }

    /** How long, in real time, a route may wait at one place. */
    SagaScenario hangLimit(Duration limit) {
        hangLimit = limit;
        return this;
    }

    /**
     * What did happen to the saga; not to those that began within it.
     * @throws AssertionError no saga was started, with the reason; or a command went out in another step's name
     */
    public SagaExpectation expect() {
        return expect(saga -> saga.start() != null && saga.start().parent() == null, "one saga");
    }

    /**
     * What did happen to the saga that a route began, for instance within the one that was started.
     *
     * @param name the id of its route; one that began none, or several, fails
     */
    public SagaExpectation expect(String name) {
        return expect(saga -> saga.name().equals(name), "one saga of route " + name);
    }

    private SagaExpectation expect(Predicate<SagaState> which, String what) {
        SagaState found = begun.only(which, what);
        SagaExpectation saga =
                new SagaExpectation(found, participants, runningRoutes().size() + world.waiting());
        return replayed ? saga : saga.inTheirOwnNames();
    }

    private RunningRoutes runningRoutes() {
        if (running == null) {
            Instance next = new Instance(world, "instance-" + (instances.size() + 1));
            running = RunningRoutes.start(next, log, participants, application, reminders, routes, properties);
            instances.add(running);
            running.takeOver();
        }
        return running;
    }

    @Override
    public void close() {
        instances.forEach(RunningRoutes::stop);
    }
}
