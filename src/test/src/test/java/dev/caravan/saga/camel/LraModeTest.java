package dev.caravan.saga.camel;

import org.apache.camel.ExchangePattern;
import org.junit.jupiter.api.Nested;

/** What holds in mode {@code log} holds in mode {@code lra}. */
class LraModeTest {

    @Nested
    class Branches extends BranchesTest {
        Branches() {
            ofLra();
        }

        /** It was never one of an LRA. */
        @Override
        void aSagaOfALogWithoutNodesGoesOnInItsBranches() {}
    }

    @Nested
    class CallbackRoutes extends CallbackRoutesTest {
        CallbackRoutes() {
            ofLra();
        }

        /** The coordinator is told the answer. */
        @Override
        ExchangePattern pattern() {
            return ExchangePattern.InOut;
        }
    }

    @Nested
    class ChildRecovery extends ChildRecoveryTest {
        ChildRecovery() {
            ofLra();
        }
    }

    @Nested
    class ChildSagas extends ChildSagasTest {
        ChildSagas() {
            ofLra();
        }
    }

    @Nested
    class FormerRun extends FormerRunTest {
        FormerRun() {
            ofLra();
        }
    }

    @Nested
    class HandledFailures extends HandledFailuresTest {
        HandledFailures() {
            ofLra();
        }
    }

    @Nested
    class JoinedByHeader extends JoinedByHeaderTest {
        JoinedByHeader() {
            ofLra();
        }
    }

    @Nested
    class IdempotentConsumers extends IdempotentConsumersTest {
        IdempotentConsumers() {
            ofLra();
        }
    }

    @Nested
    class MoreThanTheLogTakes extends MoreThanTheLogTakesTest {
        MoreThanTheLogTakes() {
            ofLra();
        }
    }

    @Nested
    class RouteVersions extends RouteVersionsTest {
        RouteVersions() {
            ofLra();
        }
    }

    @Nested
    class ScheduledStarts extends ScheduledStartsTest {
        ScheduledStarts() {
            ofLra();
        }
    }

    @Nested
    class OtherPath extends OtherPathTest {
        OtherPath() {
            ofLra();
        }
    }

    @Nested
    class SagaBlocks extends SagaBlocksTest {
        SagaBlocks() {
            ofLra();
        }
    }

    @Nested
    class StepKinds extends StepKindsTest {
        StepKinds() {
            ofLra();
        }

        /** A route with a time-out and a pivot is refused at its start: the coordinator knows no pivot. */
        @Override
        void isNotUndoneByItsDeadlineAfterThePivot() {}
    }

    @Nested
    class StepsInDoubt extends StepsInDoubtTest {
        StepsInDoubt() {
            ofLra();
        }
    }

    /** In which mode something is not known, or has ended, the text of the refusal says. */
    @Nested
    class LogSagaService extends LogSagaServiceTest {
        LogSagaService() {
            ofLra();
        }

        @Override
        void endsNoSagaThatNobodyKnows() {}

        @Override
        void letsTheFirstEndStandThatIsAskedFor() {}

        @Override
        void refusesASagaThatItDoesNotKnow() {}

        @Override
        void refusesASagaThatHasEnded() {}

        @Override
        void takesAnyNumberOfPendingTimeouts() {}
    }

    @Nested
    class Credentials extends CredentialsTest {
        Credentials() {
            ofLra();
        }
    }

    @Nested
    class Signals extends SignalsTest {
        Signals() {
            ofLra();
        }
    }

    @Nested
    class ForwardRecovery extends ForwardRecoveryTest {
        ForwardRecovery() {
            ofLra();
        }
    }

    @Nested
    class StructuredLog extends StructuredLogTest {
        StructuredLog() {
            ofLra();
        }
    }
}
