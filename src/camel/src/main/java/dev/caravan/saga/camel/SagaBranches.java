package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.BranchPaths;
import java.util.Locale;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * In which branch of a saga's route an exchange is, wherever the message was divided: by what the branch is, not by which
 * was quicker. And a route that removes all headers can ask for the end of the saga that its message is in.
 */
final class SagaBranches implements InterceptStrategy {

    private static final String PART = "S";
    private static final String BRANCH = "M";

    /** Of a branch behind a division of its own message, which has left numbers of its parts on the exchange. */
    private static final String RESOLVED = "";

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
        if (definition instanceof SplitDefinition) {
            return new Divider(PART, target);
        } else if (definition instanceof MulticastDefinition || definition instanceof RecipientListDefinition) {
            return new Divider(BRANCH, target);
        } else if (definition instanceof WireTapDefinition) {
            return new Divider(BranchPaths.ASIDE, target);
        }
        return endsSaga(definition) ? new Rejoin(target) : AsyncProcessorConverterHelper.convert(target);
    }

    private static boolean endsSaga(NamedNode definition) {
        String uri = definition instanceof SendDefinition<?> send
                ? send.getEndpointUri()
                : definition instanceof ToDynamicDefinition dynamic ? dynamic.getUri() : null;
        return uri != null && uri.toLowerCase(Locale.ROOT).startsWith("saga:");
    }

    /**
     * @param path of the exchange that was divided
     * @param kind what comes before the number of a branch
     * @param owner the id of that exchange
     */
    record Division(String path, String kind, String owner) {}

    /** The path of the branch that the exchange is in, within the run of the saga. */
    static String pathOf(Exchange exchange, SagaId sagaId) {
        PresentRun run = SagaContext.of(exchange).run(sagaId);
        String path = path(exchange);
        return run == null || run.isFrom(exchange.getFromRouteId())
                ? path
                : BranchPaths.within(path, BranchPaths.ASIDE + exchange.getFromRouteId());
    }

    private static String path(Exchange exchange) {
        Division last = SagaContext.of(exchange).division();
        if (last == null) {
            return BranchPaths.NONE;
        }
        boolean isBranch = !last.kind().equals(RESOLVED) && !last.owner().equals(exchange.getExchangeId());
        return isBranch ? BranchPaths.within(last.path(), last.kind() + number(exchange, last.kind())) : last.path();
    }

    private static String number(Exchange exchange, String kind) {
        Integer number = partOf(exchange, kind);
        return number == null ? "" : number.toString();
    }

    private static Integer partOf(Exchange exchange, String kind) {
        return switch (kind) {
            case PART -> exchange.getProperty(ExchangePropertyKey.SPLIT_INDEX, Integer.class);
            case BRANCH -> exchange.getProperty(ExchangePropertyKey.MULTICAST_INDEX, Integer.class);
            default -> null;
        };
    }

    /** Which part of the message that was split last the exchange is; {@code null}: none. What 0.1 knows of a path. */
    static Integer partOf(Exchange exchange) {
        Division last = SagaContext.of(exchange).division();
        return last == null || last.owner().equals(exchange.getExchangeId()) ? null : partOf(exchange, last.kind());
    }

    /** Divides the message. */
    private static final class Divider extends DelegateAsyncProcessor {

        private final String kind;

        Divider(String kind, Processor target) {
            super(target);
            this.kind = kind;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Division outside = SagaContext.of(exchange).division();
            String path = path(exchange);
            String element = !kind.equals(BranchPaths.ASIDE)
                    ? kind
                    : kind
                            + SagaContext.current(exchange)
                                    .map(run -> run.nextAside(path))
                                    .orElse(0);
            divided(exchange, new Division(path, element, exchange.getExchangeId()));
            return super.process(exchange, doneSync -> {
                divided(exchange, outside == null ? null : new Division(path, RESOLVED, outside.owner()));
                callback.done(doneSync);
            });
        }
    }

    private static void divided(Exchange exchange, Division division) {
        SagaContext.of(exchange).divided(division).on(exchange);
    }

    /** Asks for the end of the saga that the exchange is in. */
    private static final class Rejoin extends DelegateAsyncProcessor {

        Rejoin(Processor target) {
            super(target);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            LongRunningAction.rejoin(exchange);
            return super.process(exchange, callback);
        }
    }
}
