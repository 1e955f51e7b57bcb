package dev.caravan.saga.camel;

import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.SagaScenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;

/** Sagas of beans in an instance that is killed. */
abstract class PlainSteps {

    static final Duration LONG = Duration.ofHours(1);

    final List<String> effects = new ArrayList<>();
    final List<String> undone = new ArrayList<>();
    final List<String> seen = new ArrayList<>();
    SagaScenario scenario;
    private boolean dies;

    /** The routes of one test. */
    abstract static class Routes extends RouteBuilder {

        SagaDefinition saga() {
            return from("direct:trip").routeId("trip").saga().propagation(SagaPropagation.REQUIRES_NEW);
        }

        SagaDefinition step(String name) {
            return from("direct:" + name)
                    .routeId(name)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-" + name);
        }

        void undo(String name, Processor by) {
            from("direct:undo-" + name).routeId("undo-" + name).process(by);
        }
    }

    @AfterEach
    void stops() {
        if (scenario != null) {
            scenario.close();
        }
    }

    SagaScenario scenario(SagaScenario.RouteSource routes) {
        stops();
        effects.clear();
        undone.clear();
        seen.clear();
        scenario = SagaScenario.of(routes);
        return scenario;
    }

    SagaScenario scenario(Routes routes) {
        return scenario(context -> context.addRoutes(routes));
    }

    Processor does(String what) {
        return exchange -> effects.add(what + " " + exchange.getIn().getHeader("id"));
    }

    Processor undoes(String what) {
        return exchange -> undone.add(what);
    }

    /** Dies in the step, behind its effect, the first time. */
    Processor dies() {
        dies = true;
        return exchange -> {
            if (dies) {
                dies = false;
                scenario.kill();
            }
        };
    }

    void killedInCharge(Routes routes) {
        scenario(routes);
        killedInCharge();
    }

    /** The instance dies while the bank is silent, and the saga ends in the next one, where the bank answers. */
    void killedInCharge() {
        scenario.given("Charge").isSilent();
        scenario.start("direct:trip", "{}").kill();
        scenario.given("Charge").succeedsWith(Map.of());
        end();
    }

    SagaState end() {
        scenario.recover().advance(LONG);
        return scenario.expect().nothingIsPending().state();
    }
}
