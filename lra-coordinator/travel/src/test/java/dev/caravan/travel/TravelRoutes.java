package dev.caravan.travel;

import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;

/**
 * A trip is a train, bought over HTTP, and a flight, bought over JMS; each of them has the payment asked for its price, over
 * JMS, too. The four applications are the same for both saga services. What an order asks for is in its headers: {@code refuse}
 * names for what no payment is taken, {@code halt} names the application that stands still, once, when it has done its part.
 */
final class TravelRoutes extends RouteBuilder {

    private static final String JMS = "exchangePattern=InOut&requestTimeout=20000";

    private final Application application;
    private final Ledger ledger;

    TravelRoutes(Application application, Path ledgers) {
        this.application = application;
        this.ledger = new Ledger(ledgers, application.id());
    }

    @Override
    public void configure() {
        switch (application) {
            case TRIP -> trip();
            case TRAIN -> train();
            case FLIGHT -> flight();
            case PAYMENT -> payment();
        }
    }

    private void trip() {
        from("undertow:http://127.0.0.1:{{trip.port}}/trips")
                .routeId("trips")
                .removeHeaders("CamelHttp*")
                .to("direct:trip");
        from("direct:trip")
                .routeId("trip")
                .saga()
                .propagation(SagaPropagation.REQUIRES_NEW)
                .timeout("50s")
                .to("direct:book-train")
                .process(this::haltIfAsked)
                .to("direct:book-flight");
        from("direct:book-train")
                .routeId("book-train")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .to("undertow:http://127.0.0.1:{{train.port}}/trains")
                .removeHeaders("CamelHttp*")
                .process(TravelRoutes::failIfRefused);
        from("direct:book-flight")
                .routeId("book-flight")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .to("jms:queue:flights?" + JMS)
                .process(TravelRoutes::failIfRefused);
    }

    private void train() {
        from("undertow:http://127.0.0.1:{{train.port}}/trains")
                .routeId("trains")
                .to("direct:sell");
        sell();
    }

    private void flight() {
        from("jms:queue:flights").routeId("flights").to("direct:sell");
        sell();
    }

    private void sell() {
        from("direct:sell")
                .routeId("sell")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .option("trip", header("trip"))
                .compensation("direct:take-back")
                .setHeader("payFor", constant(application.id()))
                .to("jms:queue:payments?" + JMS)
                .filter(header("refused").isNull())
                .process(exchange -> ledger.sell(trip(exchange)))
                .process(this::haltIfAsked)
                .end();
        from("direct:take-back").routeId("take-back").process(exchange -> ledger.giveBack(trip(exchange)));
    }

    private void payment() {
        from("jms:queue:payments").routeId("payments").to("direct:pay");
        from("direct:pay")
                .routeId("pay")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .option("trip", header("trip"))
                .option("payFor", header("payFor"))
                .compensation("direct:refund")
                .choice()
                .when(simple("${header.refuse} == ${header.payFor}"))
                .setHeader("refused", header("payFor"))
                .otherwise()
                .process(exchange -> ledger.sell(payment(exchange)))
                .process(this::haltIfAsked)
                .end();
        from("direct:refund").routeId("refund").process(exchange -> ledger.giveBack(payment(exchange)));
    }

    private static String trip(Exchange exchange) {
        return exchange.getMessage().getHeader("trip", String.class);
    }

    private static String payment(Exchange exchange) {
        return "%s for %s".formatted(trip(exchange), exchange.getMessage().getHeader("payFor", String.class));
    }

    private void haltIfAsked(Exchange exchange) throws InterruptedException {
        if (application.id().equals(exchange.getMessage().getHeader("halt", String.class))) {
            ledger.haltOnce(trip(exchange));
        }
    }

    private static void failIfRefused(Exchange exchange) {
        String refused = exchange.getMessage().getHeader("refused", String.class);
        if (refused != null) {
            throw new IllegalStateException("No payment was taken for the " + refused);
        }
    }
}
