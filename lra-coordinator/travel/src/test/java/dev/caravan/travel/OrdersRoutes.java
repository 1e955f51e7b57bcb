package dev.caravan.travel;

import java.nio.file.Path;
import java.util.UUID;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Header;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;

/**
 * Orders as others write them, in routes without ids: a row by SQL, a payment over HTTP, a parcel over JMS, and points by a bean
 * behind a queue. Every seventh payment is refused, every fifth order fails when all is done.
 */
final class OrdersRoutes extends RouteBuilder {

    private static final String EFFECT = "sql:insert into effects (line) values ('%s reserve ' || :#order)";
    private static final String SHIPPING = "jms:queue:shipping?requestTimeout=20000";

    private final Path file;

    /** @param file where points are written down */
    OrdersRoutes(Path file) {
        this.file = file;
    }

    @Override
    public void configure() {
        from("direct:order")
                .saga()
                .propagation(SagaPropagation.REQUIRES_NEW)
                .setHeader("order", body())
                .to("direct:reserve")
                .to("direct:pay")
                .to("direct:ship")
                .to("direct:points");

        from("direct:reserve")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .option("order", header("order"))
                .compensation("direct:release")
                .to(EFFECT.formatted("done"));
        from("direct:release").to(EFFECT.formatted("undone"));

        from("direct:pay")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .option("order", header("order"))
                .compensation("direct:refund")
                .toD("http://127.0.0.1:{{suppliers.port}}/payments?of=${header.order}")
                .convertBodyTo(String.class)
                .setHeader("payment", body());
        from("direct:refund").toD("http://127.0.0.1:{{suppliers.port}}/refunds?of=${header.order}");

        from("direct:ship")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .option("order", header("order"))
                .compensation("direct:take-back")
                .setHeader("what", constant("done"))
                .to(ExchangePattern.InOut, SHIPPING)
                .setProperty("parcel", body());
        from("direct:take-back").setHeader("what", constant("undone")).to(ExchangePattern.InOut, SHIPPING);

        from("direct:points")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .option("order", header("order"))
                .compensation("direct:no-points")
                .setHeader("parcel", exchangeProperty("parcel"))
                .to(ExchangePattern.InOut, "seda:points?concurrentConsumers=8");
        from("seda:points?concurrentConsumers=8").bean(this, "give");
        from("direct:no-points").bean(this, "take");
    }

    /** The bean. */
    public void give(
            @Header("order") String order, @Header("payment") String payment, @Header("parcel") String parcel) {
        Effects.add(file, "done points %s %s %s".formatted(order, payment, parcel));
        if (Effects.number(order) % 5 == 3) {
            throw new IllegalStateException("no points for " + order);
        }
    }

    /** Its compensation. */
    public void take(@Header("order") String order) {
        Effects.add(file, "undone points " + order);
    }

    /** Those who are paid and ship, in another process. */
    static final class Suppliers extends RouteBuilder {

        private final Path file;

        Suppliers(Path file) {
            this.file = file;
        }

        @Override
        public void configure() {
            from("undertow:http://127.0.0.1:{{suppliers.port}}/payments").process(exchange -> {
                String order = exchange.getMessage().getHeader("of", String.class);
                boolean refused = Effects.number(order) % 7 == 2;
                exchange.getMessage().removeHeaders("*");
                exchange.getMessage().setHeader("CamelHttpResponseCode", refused ? 402 : 200);
                exchange.getMessage().setBody(refused ? "no money" : done("payment", order));
            });
            from("undertow:http://127.0.0.1:{{suppliers.port}}/refunds").process(exchange -> {
                Effects.add(file, "undone payment " + exchange.getMessage().getHeader("of", String.class));
                exchange.getMessage().setBody("refunded");
            });
            from("jms:queue:shipping").process(exchange -> {
                String order = exchange.getMessage().getHeader("order", String.class);
                boolean done = "done".equals(exchange.getMessage().getHeader("what"));
                if (!done) {
                    Effects.add(file, "undone parcel " + order);
                }
                exchange.getMessage().setBody(done ? done("parcel", order) : "taken back");
            });
        }

        /** @return a number that nobody can tell beforehand */
        private String done(String what, String order) {
            String number = UUID.randomUUID().toString();
            Effects.add(file, "done %s %s %s".formatted(what, order, number));
            return number;
        }
    }
}
