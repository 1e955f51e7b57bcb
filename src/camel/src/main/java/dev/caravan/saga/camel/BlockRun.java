package dev.caravan.saga.camel;

import dev.caravan.saga.Step;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.state.StepLeft;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** One time that an exchange goes through a {@code <saga>} block, and the step that the block is then. Thread-safe. */
final class BlockRun {

    private final SagaBlocks.Block block;
    private final @Nullable BlockRun outer;
    private final @Nullable String left;
    private @Nullable LiveSaga saga;
    private @Nullable Step step;
    private boolean starts;
    private @Nullable StepLeft answer;
    private final List<Step> within = new ArrayList<>(0);
    private int at;

    /**
     * @param outer of the block that the exchange is in already; {@code null}: none
     * @param left the saga that the exchange is in outside of the block, and not inside; {@code null}: none
     */
    BlockRun(SagaBlocks.Block block, @Nullable BlockRun outer, @Nullable String left) {
        this.block = block;
        this.outer = outer;
        this.left = left;
    }

    /** The saga, as {@code Long-Running-Action}, that a block around the exchange has left. */
    static Optional<String> left(Exchange exchange) {
        BlockRun run = SagaContext.of(exchange).block();
        while (run != null && run.left == null) {
            run = run.outer;
        }
        return Optional.ofNullable(run).map(leaving -> leaving.left);
    }

    SagaBlocks.Block block() {
        return block;
    }

    /**
     * The block has joined a saga whose route this is.
     *
     * @param first it is the block that starts the saga
     */
    synchronized void joined(LiveSaga joined, Step as, boolean first) {
        saga = joined;
        step = as;
        starts = first;
        if (outer != null) {
            outer.contains(joined, List.of(as), 1);
        }
    }

    /** The exchange has left the block. */
    synchronized void ended() {
        if (saga != null && outer != null) {
            outer.contains(saga, List.of(), -1);
        }
    }

    /** The block came to its end in an earlier run of the route: this is what it left. */
    synchronized void answeredBy(StepLeft left) {
        LiveSaga joined = joinedSaga();
        answer = left;
        joined.recorded().skip(left.within());
        if (outer != null) {
            outer.contains(joined, left.within(), 0);
        }
    }

    /** The block broke off in an earlier run of the route, with these steps within it, and does so again at once. */
    synchronized void brokeOff(LiveSaga joined, Step as, @Nullable List<Step> steps) {
        joined.recorded().breakOffAgain(as, steps);
        if (outer != null) {
            outer.contains(joined, List.of(as), 0);
            outer.contains(joined, steps == null ? List.of() : steps, 0);
        }
    }

    /** The block begins a saga, which is a step of the one that the block around it is of. */
    synchronized void begins(LiveSaga parent, Step child) {
        if (outer != null) {
            outer.contains(parent, List.of(child), 0);
        }
    }

    private synchronized void contains(LiveSaga joined, Collection<Step> steps, int begun) {
        if (saga == joined) {
            within.addAll(steps);
            at += begun;
        }
        if (outer != null) {
            outer.contains(joined, steps, begun);
        }
    }

    /**
     * True for a block whose end is written down. It is not where a command's reply says it; or where the end of the saga
     * follows, and nobody goes through its route once more, as the route of a saga around it does; or while another exchange
     * is in a block within, which would not be begun again.
     */
    synchronized boolean hasToTellItsEnd() {
        return saga != null && block.needsEnd() && (!starts || isMetAgain(saga)) && at == 0;
    }

    private boolean isMetAgain(LiveSaga saga) {
        return block.isEndedByHand() || saga.state().started().parent() != null;
    }

    /** True when the block chose at run time to send this command for the step that it is. */
    boolean chose(Step sending, String command) {
        return sending.equals(step()) && block.chooses(command);
    }

    /** {@code null}: the block joined no saga whose route this is. */
    synchronized @Nullable LiveSaga saga() {
        return saga;
    }

    synchronized @Nullable Step step() {
        return step;
    }

    /** @throws NullPointerException the block joined no saga whose route this is */
    synchronized LiveSaga joinedSaga() {
        return Objects.requireNonNull(saga);
    }

    /** @throws NullPointerException as of {@link #joinedSaga} */
    synchronized Step joinedStep() {
        return Objects.requireNonNull(step);
    }

    /** {@code null}: the block has to be run. */
    synchronized @Nullable StepLeft answer() {
        return answer;
    }

    /** The steps that were begun within the block until now. */
    synchronized List<Step> within() {
        return List.copyOf(within);
    }

    /** True when the block may have done what nobody knows again; not that of a saga that only spans others. */
    boolean mayHaveDonePlainWork(CamelContext context) {
        LiveSaga joined = saga();
        return joined != null && block.mayHaveDonePlainWork(context, joined.state(), joinedStep());
    }

    /** True when what this block, or one around it, has done so far is not to be done once more in this instance. */
    static boolean hasDonePlainWork(Exchange exchange) {
        for (BlockRun run = SagaContext.of(exchange).block(); run != null; run = run.outer) {
            if (run.mayHaveDonePlainWork(exchange.getContext())) {
                return true;
            }
        }
        return false;
    }
}
