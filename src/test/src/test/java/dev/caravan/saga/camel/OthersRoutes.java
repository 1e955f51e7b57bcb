package dev.caravan.saga.camel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** The routes of an application as others write them, most of them without ids, and what they do outside of themselves. */
final class OthersRoutes extends RouteBuilder {

    /** An application. */
    @FunctionalInterface
    interface Shape {
        void configure(OthersRoutes routes) throws Exception;
    }

    private final Shape shape;
    private final BiConsumer<String, Exchange> witness;

    /** @param witness is told of each effect, with the exchange that had it */
    OthersRoutes(Shape shape, BiConsumer<String, Exchange> witness) {
        this.shape = shape;
        this.witness = witness;
    }

    @Override
    public void configure() throws Exception {
        shape.configure(this);
    }

    /** An effect that stays as long as nobody undoes it. */
    Processor does(String what) {
        return exchange -> witness.accept("done " + what, exchange);
    }

    Processor undoes(String what) {
        return exchange -> witness.accept("undone " + what, exchange);
    }

    Processor confirms(String what) {
        return exchange -> witness.accept("confirmed " + what, exchange);
    }

    /** What is outside of any step, and so may be done again after a crash. */
    Processor notes(String what) {
        return exchange -> witness.accept("noted " + what, exchange);
    }

    Processor fails(String what) {
        return exchange -> {
            throw new IllegalStateException(what + " failed");
        };
    }

    /** Beans that routes of files name. */
    void bind(String name, Processor processor) {
        getContext().getRegistry().bind(name, processor);
    }

    void load(String file, String text) throws Exception {
        PluginHelper.getRoutesLoader(getContext()).loadRoutes(ResourceHelper.fromString(file, text));
    }

    SagaDefinition saga() {
        return from("direct:start").saga().propagation(SagaPropagation.REQUIRES_NEW);
    }

    /** A block that joins, with a compensation and a completion that are told the header {@code id}. */
    SagaDefinition step(String name) {
        return step(name, SagaPropagation.MANDATORY);
    }

    SagaDefinition step(String name, SagaPropagation propagation) {
        from("direct:undo-" + name).process(undoes(name));
        from("direct:confirm-" + name).process(confirms(name));
        return from("direct:" + name)
                .saga()
                .propagation(propagation)
                .compensation("direct:undo-" + name)
                .completion("direct:confirm-" + name)
                .option("id", header("id"));
    }

    /** One that does what it is named after. */
    SagaDefinition plain(String name) {
        SagaDefinition step = step(name);
        step.process(does(name));
        return step;
    }

    /** One that fails behind its effect. */
    SagaDefinition failing(String name) {
        SagaDefinition step = plain(name);
        step.process(fails(name));
        return step;
    }

    /** What a route can see of a message that is not Camel's. */
    static Map<String, Object> seen(Exchange exchange) {
        Map<String, Object> seen = new LinkedHashMap<>();
        seen.put("pattern", exchange.getPattern());
        seen.put("body", exchange.getMessage().getBody());
        put(seen, "header ", exchange.getMessage().getHeaders());
        put(seen, "property ", exchange.getProperties());
        put(seen, "variable ", exchange.getVariables());
        return seen;
    }

    private static void put(Map<String, Object> seen, String kind, Map<String, Object> values) {
        values.entrySet().stream()
                .filter(entry -> !entry.getKey().startsWith("Camel")
                        && !entry.getKey().startsWith("Caravan")
                        && !entry.getKey().equals("caravan")
                        && !entry.getKey().equals(Exchange.SAGA_LONG_RUNNING_ACTION))
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> seen.put(kind + entry.getKey(), entry.getValue()));
    }
}
