package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.camel.Effects.Effect;
import dev.caravan.saga.camel.Effects.What;
import dev.caravan.saga.routes.Composition;
import dev.caravan.saga.routes.Composition.End;
import dev.caravan.saga.routes.How;
import dev.caravan.saga.routes.Node.Around;
import dev.caravan.saga.routes.Node.StepNode;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.test.Instance;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import dev.caravan.saga.test.World;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;

/** The saga of a composition in a world, from its beginning to its end. */
final class RoutesRun implements Stage {

    private static final int MOST_HAPPENINGS = 100_000;
    private static final int MOST_ROUNDS = 8;

    private final Composition composition;
    private final World world;
    private final Cluster cluster;
    private final Effects effects;
    private final CamelContext context;
    private final ProducerTemplate template;
    private Iterator<Consumer<Instance>> deaths;
    private Cluster.Member member;
    private StartedSaga started;
    private Exchange answer;
    private boolean died;

    RoutesRun(
            Composition composition,
            World world,
            CamelContext context,
            ProducerTemplate template,
            ParticipantRoutes routes) {
        this.composition = composition;
        this.world = world;
        this.context = context;
        this.template = template;
        this.effects = new Effects(composition);
        this.cluster = new Cluster(world, 1, composition.isOfLra() ? new SimulatedLraCoordinator(world) : null);
        Map<Integer, StepNode> steps = composition.definitions();
        cluster.participants
                .actions(command -> command.command().startsWith("First")
                        ? Action.IS_UNKNOWN_AND_DONE
                        : routes.action(
                                command, steps.get(number(command.command())).how()))
                .endingsFail(command -> command.command().startsWith("Undo")
                        ? steps.get(number(command.command())).undoFails()
                        : 0)
                .results(command -> JsonNodeFactory.instance
                        .objectNode()
                        .put(
                                "done",
                                steps.get(number(command.command())).how() == How.IS_TOO_LARGE
                                        ? StepBeans.TOO_LARGE
                                        : command.data().path("ref").asText()))
                .witnessedBy(effects::witness);
    }

    private static int number(String command) {
        return Integer.parseInt(command.replaceAll("[^0-9]", ""));
    }

    @Override
    public World world() {
        return world;
    }

    @Override
    public ProducerTemplate template() {
        return template;
    }

    Cluster cluster() {
        return cluster;
    }

    @Override
    public boolean hasDied() {
        return died;
    }

    @Override
    public Effects effects() {
        return effects;
    }

    @Override
    public String refOfEnding(int step, What what, String option) {
        return option;
    }

    /** What the caller got; {@code null}: the starter started the saga, or nobody was answered. */
    Exchange answer() {
        return answer;
    }

    /** How each saga ended, in the order in which they began, but for those of compensations. */
    List<SagaStatus> ends() {
        return cluster.log.sagas().stream()
                .map(cluster::state)
                .filter(saga -> !isOfUndo(saga.name()))
                .map(SagaState::status)
                .toList();
    }

    private static boolean isOfUndo(String name) {
        return name != null && name.startsWith(RandomRoutes.OF_UNDO);
    }

    /** With which the saga of a composition starts. */
    static Exchange message(CamelContext context, Composition composition) {
        Exchange message = context.getEndpoint(RandomRoutes.MAIN).createExchange(ExchangePattern.InOut);
        message.getIn().setHeaders(headers(composition));
        message.getIn().setBody(Map.of());
        return message;
    }

    private static Map<String, Object> headers(Composition composition) {
        return Map.of("way", composition.way(), RandomRoutes.PHOTO, RandomRoutes.BYTES);
    }

    /** The route that ends the saga later. */
    static Optional<String> endOf(Composition composition) {
        return switch (composition.end()) {
            case COMPLETED_LATER -> Optional.of(RandomRoutes.COMPLETE);
            case COMPENSATED_LATER -> Optional.of(RandomRoutes.COMPENSATE);
            default -> Optional.empty();
        };
    }

    /**
     * How many appends and dispatches the first instance made.
     *
     * @param deaths of the first instance, the one that comes after it, and so on
     */
    int goOn(List<Consumer<Instance>> deaths) {
        this.deaths = deaths.iterator();
        Instance first = next();
        world.as(first, this::start);
        int rounds = 0;
        do {
            settle();
            assertThat(++rounds).as("rounds").isLessThan(MOST_ROUNDS);
        } while (endsLater());
        return first.acts();
    }

    private Instance next() {
        member = cluster.add(context);
        effects.anotherLife();
        if (deaths.hasNext()) {
            deaths.next().accept(member.instance);
        }
        member.gain(0);
        return member.instance;
    }

    private void start() {
        if (composition.isStartedByMessage()) {
            template.asyncSend(RandomRoutes.MAIN, message(context, composition)).thenAccept(sent -> answer = sent);
        } else {
            started = new SagaStarter(context).start(RandomRoutes.MAIN, Map.of(), null, headers(composition));
        }
    }

    private void settle() {
        int happenings = 0;
        do {
            if (!member.isAlive()) {
                died = true;
                world.run();
                next();
            }
            while (member.isAlive() && (world.step() || world.passTime())) {
                assertThat(++happenings).as("happenings").isLessThan(MOST_HAPPENINGS);
            }
        } while (!member.isAlive());
    }

    /** Somebody asks for the end of the saga, again as long as it has not ended. */
    private boolean endsLater() {
        Optional<String> route = endOf(composition);
        if (route.isEmpty()) {
            return false;
        }
        List<SagaId> open = cluster.log.sagas().stream()
                .filter(id -> cluster.state(id).status() == SagaStatus.EXECUTING
                        && cluster.state(id).name().equals("composition"))
                .toList();
        open.forEach(id -> world.as(
                member.instance,
                () -> template.asyncRequestBodyAndHeader(
                        route.get(), "", Exchange.SAGA_LONG_RUNNING_ACTION, id.value())));
        return !open.isEmpty();
    }

    // -- what it came to ----------------------------------------------------------------------------------------------

    /** What is to be the same however often its process died. */
    record Outcome(List<SagaStatus> ends, List<String> inPlace) {}

    Outcome outcome() {
        List<String> inPlace = new ArrayList<>();
        cluster.log.sagas().stream()
                .filter(id -> cluster.state(id).status() == SagaStatus.COMPLETED)
                .forEach(id -> inPlace.addAll(effects.inPlace(id.value())));
        Collections.sort(inPlace);
        return new Outcome(ends(), inPlace);
    }

    void check() {
        assertThat(member.host.size()).as("sagas in memory").isZero();
        assertThat(world.waiting()).as("timers").isZero();
        cluster.log.sagas().forEach(this::check);
        assertThat(effects.misnamed())
                .as("commands in the name of another step")
                .isEmpty();
        assertThat(effects.changed()).as("options that callbacks had").isEmpty();
        assertThat(effects.late()).as("steps of branches that were stopped").isEmpty();
        assertThat(effects.of("none")).as("effects outside of any saga").isEmpty();
        if (isTheSameAgain(composition)) {
            assertThat(effects.otherIds()).as("ids that were others before").isEmpty();
        }
        assertThat(died || effects.doneAgain().isEmpty())
                .as("%s done again", effects.doneAgain())
                .isTrue();
        if (started == null) {
            assertThat(died || answer != null).as("the caller is answered").isTrue();
            return;
        }
        if (!died) {
            assertThat(started.accepted()).as("accepted").isCompleted();
        }
        if (started.ended().isDone() && !started.ended().isCompletedExceptionally()) {
            SagaState told = started.ended().join();
            assertThat(told.status())
                    .as("what the caller was told")
                    .isEqualTo(cluster.state(told.sagaId()).status());
        }
    }

    private void check(SagaId id) {
        SagaState state = cluster.state(id);
        String saga = id.value();
        assertThat(state.status().isTerminal())
                .as("%s is %s", state.name(), state.status())
                .isTrue();
        assertThat(effects.of(saga)).as("effects").doesNotHaveDuplicates();
        Set<String> counted = new HashSet<>(effects.countedOn(saga));
        if (died && !isTheSameAgain(composition)) {
            counted.addAll(succeeded(state));
        }
        Set<String> left = new HashSet<>(effects.inPlace(saga));
        Set<String> confirmed = new HashSet<>(effects.refs(saga, What.CONFIRMED));
        switch (state.status()) {
            case COMPLETED -> {
                if (composition.end() == End.AUTO && state.name().equals("composition")) {
                    assertThat(effects.isAtItsEnd())
                            .as("COMPLETED; the route came to its end")
                            .isTrue();
                }
                // the route of a saga within it that has ended is not run again
                if (isMetAgain() && state.name().equals("composition")) {
                    assertThat(left)
                            .as("COMPLETED; the route came by what is in place")
                            .filteredOn(ref -> canBeUndone(ref)
                                    && !composition
                                            .inner()
                                            .contains(effects.step(ref).number()))
                            .allMatch(ref -> effects.wasMet(saga, ref));
                }
                assertThat(left)
                        .as("COMPLETED; what the route counts on is in place")
                        .containsAll(counted);
                left.removeAll(counted);
                assertThat(left).as("COMPLETED; nothing else is left").noneMatch(this::canBeUndone);
                assertThat(confirmed)
                        .as("COMPLETED; steps that were completed")
                        .containsExactlyInAnyOrderElementsOf(counted.stream()
                                .filter(ref -> effects.step(ref).completed())
                                .toList());
            }
            case COMPENSATED -> {
                assertThat(left).as("COMPENSATED; nothing is left").noneMatch(this::canBeUndone);
                assertThat(confirmed)
                        .as("COMPENSATED; steps that were completed")
                        .isEmpty();
            }
            default -> {
                assertThat(state.steps())
                        .as("FAILED; names a step")
                        .anyMatch(step -> step.status() == StepStatus.COMPENSATION_FAILED
                                && state.problem().contains(step.step().toString()));
                assertThat(left)
                        .as("FAILED; nothing else is left")
                        .noneMatch(ref -> canBeUndone(ref) && effects.step(ref).undoFails() < 5);
            }
        }
        checkOrder(saga, state);
        ReplayChecks replay = new ReplayChecks(composition);
        replay.check(cluster.log.entries(id));
        if (state.name().equals("composition")) {
            replay.checkTime(cluster.log.entries(id));
        }
        assertThat(begunByCompensations(state))
                .as("sagas that compensations began")
                .doesNotHaveDuplicates();
    }

    private List<String> begunByCompensations(SagaState state) {
        return state.children().stream()
                .filter(child -> isOfUndo(child.name()) && cluster.log.sagas().contains(child.saga()))
                .map(child -> child.name() + " " + child.place())
                .toList();
    }

    /** The last run of the route that came to its end tells by which steps it went. */
    private boolean isMetAgain() {
        return composition.forgets()
                && composition.end() == End.AUTO
                && !composition.has(Around.Kind.WIRE_TAP)
                && !composition.has(Around.Kind.CHILD)
                && !composition.isParallelAndStops();
    }

    /** A branch that nobody waits for may have died behind a step that is in the log, and is not run again. */
    private static List<String> succeeded(SagaState state) {
        return state.steps().stream()
                .filter(step -> step.status() == StepStatus.SUCCEEDED || step.status() == StepStatus.COMPLETED)
                .map(step -> step.enlistment().options().get("ref"))
                .filter(Objects::nonNull)
                .map(Object::toString)
                .toList();
    }

    private boolean canBeUndone(String ref) {
        return effects.step(ref).undone();
    }

    /** Before it is done once more it is undone, whatever becomes of the saga meanwhile. */
    private boolean isTriedAgain(Step step) {
        return composition.steps().stream()
                .anyMatch(one -> one.how() == How.FAILS_ONCE && step.name().equals("STEP_" + one.number()));
    }

    /** Those that were undone once the saga was to be undone; before that, the route may have gone around some. */
    private void checkOrder(String saga, SagaState state) {
        List<String> undone = effects.refs(saga, What.UNDONE);
        List<Step> order = cluster.log.entries(state.sagaId()).stream()
                .map(entry -> entry.event())
                .filter(SagaEvent.CompensateSuccess.class::isInstance)
                .map(event -> ((SagaEvent.CompensateSuccess) event).step())
                .filter(step -> !isTriedAgain(step))
                .toList();
        List<Step> expected = state.steps().stream()
                .map(StepState::step)
                .filter(order::contains)
                .collect(Collectors.toCollection(ArrayList::new));
        Collections.reverse(expected);
        assertThat(order).as("the order of compensation").isEqualTo(expected);
        for (String ref : undone) {
            List<Effect> of = effects.of(saga);
            assertThat(of.indexOf(new Effect(saga, ref, What.DONE)))
                    .as("%s is done before it is undone", ref)
                    .isLessThan(of.indexOf(new Effect(saga, ref, What.UNDONE)))
                    .isNotNegative();
        }
    }

    /** A plain step had begun when its process died, and nobody knows whether it was done: the saga is undone. */
    boolean wasInDoubt() {
        return died
                && cluster.log.sagas().stream()
                        .flatMap(id -> cluster.log.entries(id).stream())
                        .anyMatch(entry -> entry.event() instanceof SagaEvent.Fail fail
                                && String.valueOf(fail.reason()).contains(ReplayChecks.IN_DOUBT));
    }

    /** Nothing depends on what was quicker, and no reply is lost that comes when its command is sent again. */
    static boolean isTheSameAgain(Composition composition) {
        return composition.isCertain()
                && !composition.isParallelAndStops()
                && !composition.has(Around.Kind.WIRE_TAP)
                && Stream.of(How.IS_LATE, How.IS_SILENT, How.IS_SLOW).noneMatch(composition::has);
    }

    String story() {
        return cluster.log.sagas().stream()
                        .map(id -> "\n" + id + " " + cluster.state(id).name() + "\n  "
                                + cluster.log.entries(id).stream()
                                        .map(entry -> entry.event().toString())
                                        .map(text -> text.length() > 220 ? text.substring(0, 220) : text)
                                        .collect(Collectors.joining("\n  ")))
                        .collect(Collectors.joining())
                + "\neffects " + effects + "\ncounted "
                + cluster.log.sagas().stream()
                        .map(id -> effects.countedOn(id.value()))
                        .toList();
    }
}
