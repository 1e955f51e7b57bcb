package dev.caravan.saga.test;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.BranchPaths;
import dev.caravan.saga.state.RouteShape;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What src/docs/versions.md says of a route that is changed while a saga of it is in flight. The saga has booked flight and
 * hotel, and waits for the car.
 */
class ChangedRouteTest {

    private static final RecordedSaga SAGA =
            RecordedSaga.read(Path.of("src/test/resources/recorded/trips.jsonl")).stream()
                    .filter(saga -> saga.state().start().key().equals("ann"))
                    .map(ChangedRouteTest::asSinceRoutesAreCompared)
                    .findFirst()
                    .orElseThrow();

    private SagaScenario saga;

    /** The record is older than that: it says neither what the route looked like nor in which branch a step was taken. */
    private static RecordedSaga asSinceRoutesAreCompared(RecordedSaga recorded) {
        return new RecordedSaga(recorded.entries().stream()
                .map(entry -> new SagaLogEntry(
                        entry.sagaId(), entry.sequence(), entry.epoch(), entry.timestamp(), asNow(entry.event())))
                .toList());
    }

    private static SagaEvent asNow(SagaEvent event) {
        if (event instanceof SagaEvent.Start start) {
            return new SagaEvent.Start(
                    start.name(),
                    start.coordinator(),
                    start.key(),
                    start.body(),
                    start.headers(),
                    start.application(),
                    start.version(),
                    start.kept(),
                    start.parent(),
                    new RouteShape(null, List.of("BOOK_FLIGHT", "BOOK_HOTEL", "BOOK_CAR")),
                    start.attributes(),
                    start.at());
        }
        return event instanceof SagaEvent.Enlist step
                ? new SagaEvent.Enlist(
                        step.step(),
                        step.compensation(),
                        step.completion(),
                        step.options(),
                        step.branch(),
                        step.application(),
                        step.request(),
                        step.kind(),
                        step.kinds(),
                        BranchPaths.NONE,
                        null)
                : event;
    }

    @AfterEach
    void close() {
        saga.close();
    }

    private SagaScenario replayed(Trip changed) {
        saga = SagaScenario.of(context -> context.addRoutes(changed));
        return saga.replay(SAGA);
    }

    @Test
    void aStepMoreIsDone() {
        replayed(new Trip() {
            @Override
            public void configure() {
                trip("flight", "insurance", "hotel", "car");
                step("flight", "insurance", "hotel", "car");
            }
        });

        saga.expect().completed().actions("BookInsurance", "BookCar");
    }

    @Test
    void stepsInAnotherOrderAreFound() {
        replayed(new Trip() {
            @Override
            public void configure() {
                trip("hotel", "car", "flight");
                step("flight", "hotel", "car");
            }
        });

        saga.expect().completed().actions("BookCar");
    }

    @Test
    void aStepWhoseRouteHasAnotherIdIsDoneAgain() {
        replayed(new Trip() {
            @Override
            public void configure() {
                trip("flight", "hotel", "car");
                step("flight", "car");
                bookHotel("reserve-hotel");
            }
        });

        saga.expect().completed().actions("BookHotel", "BookCar");
    }

    @Test
    void aStepThatKeepsItsNameIsFoundWhateverItsRouteIsCalled() {
        replayed(new Trip() {
            @Override
            public void configure() {
                trip("flight", "hotel", "car");
                step("flight", "car");
                bookHotel("reserve-hotel");
                getRouteCollection().getRoutes().stream()
                        .filter(route -> route.getRouteId().equals("reserve-hotel"))
                        .forEach(route -> route.routeProperty("saga.step", "book-hotel"));
            }
        });

        saga.expect().completed().actions("BookCar");
    }

    @Test
    void aStepWithAnotherCommandIsFoundOut() {
        replayed(new Trip() {
            @Override
            public void configure() {
                trip("flight", "hotel", "car");
                step("flight", "car");
                from("direct:book-hotel")
                        .routeId("book-hotel")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .compensation("direct:cancel-hotel")
                        .to("saga-command:hotel-service/ReserveHotel");
                cancel("hotel");
            }
        });

        saga.expect()
                .status(SagaStatus.EXECUTING)
                .actions()
                .reason("the log has BookHotel next, the route asked for ReserveHotel (step BOOK_HOTEL)");
    }

    @Test
    void aCompensationThatIsGoneMakesTheSagaFail() {
        saga = SagaScenario.of(context -> context.addRoutes(new Trip() {
            @Override
            public void configure() {
                trip("flight", "hotel", "car");
                step("flight", "car");
                from("direct:book-hotel")
                        .routeId("book-hotel")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .compensation("direct:give-hotel-back")
                        .to("saga-command:hotel-service/BookHotel");
                from("direct:give-hotel-back").routeId("give-hotel-back").to("saga-command:hotel-service/CancelHotel");
            }
        }));
        saga.given("BookCar").isRejected();

        saga.replay(SAGA).advanceToTheEnd();

        saga.expect().failedAt("BOOK_HOTEL");
    }

    @Test
    void aTimeOutCountsAsItIsNow() {
        saga = SagaScenario.of(context -> context.addRoutes(new Trip() {
            @Override
            public void configure() {
                trip("flight", "hotel", "car");
                step("flight", "hotel");
                from("direct:book-car")
                        .routeId("book-car")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .compensation("direct:cancel-car")
                        .to("saga-command:car-service/BookCar?timeout=5m");
                cancel("car");
            }
        }));
        saga.given("BookCar").isSilent();

        saga.replay(SAGA).advance(Duration.ofSeconds(299));
        saga.expect().step("BOOK_CAR", StepStatus.ENLISTED);

        saga.advance(Duration.ofSeconds(1));
        saga.expect().compensated();
    }

    @Test
    void aSagaWhoseRouteHasAnotherIdWaits() {
        replayed(new Trip() {
            @Override
            public void configure() {
                trip("flight", "hotel", "car");
                step("flight", "hotel", "car");
                getRouteCollection().getRoutes().get(0).setId("journey");
            }
        });

        saga.expect().status(SagaStatus.EXECUTING).actions();
    }

    @Test
    void aStepThatIsGoneWhileItsCommandIsAtWorkIsUndone() {
        replayed(new Trip() {
            @Override
            public void configure() {
                trip("flight", "hotel");
                step("flight", "hotel", "car");
            }
        });

        saga.expect().completed().actions().compensations("CancelCar");
    }

    private abstract static class Trip extends RouteBuilder {

        void trip(String... steps) {
            var saga = from("direct:trip").routeId("trip").saga().propagation(SagaPropagation.REQUIRES_NEW);
            for (String step : steps) {
                saga.to("direct:book-" + step);
            }
        }

        void step(String... names) {
            for (String name : names) {
                book(name, "book-" + name);
            }
        }

        void bookHotel(String routeId) {
            book("hotel", routeId);
        }

        private void book(String name, String routeId) {
            from("direct:book-" + name)
                    .routeId(routeId)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:cancel-" + name)
                    .to("saga-command:" + name + "-service/Book" + capital(name));
            cancel(name);
        }

        void cancel(String name) {
            from("direct:cancel-" + name)
                    .routeId("cancel-" + name)
                    .to("saga-command:" + name + "-service/Cancel" + capital(name));
        }

        private static String capital(String name) {
            return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
        }
    }
}
