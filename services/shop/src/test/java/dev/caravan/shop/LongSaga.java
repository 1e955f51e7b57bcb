package dev.caravan.shop;

import java.util.Locale;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;

/** A saga of which all is long: the names, the number of steps, and why the last one fails. */
final class LongSaga extends RouteBuilder {

    static final int STEPS = 200;
    static final String KEY = "길고-긴-주문-".repeat(8) + "7";
    static final String NAME = "아주-긴-사가-" + "n".repeat(165);
    static final String LAST = "LAST_" + "X".repeat(95);
    static final String ERROR = "재고가없습니다".repeat(430);

    @Override
    public void configure() {
        from("direct:long-saga")
                .routeId(NAME)
                .saga()
                .propagation(SagaPropagation.REQUIRES_NEW)
                .loop(STEPS - 1)
                .to("direct:long-step")
                .end()
                .to("direct:long-last");
        step("direct:long-step", "단계-" + "s".repeat(170)).setBody(constant("done"));
        step("direct:long-last", LAST.toLowerCase(Locale.ROOT)).throwException(new IllegalStateException(ERROR));
        from("direct:long-undo").routeId("long-undo").setBody(constant("undone"));
    }

    private SagaDefinition step(String from, String id) {
        return from(from)
                .routeId(id)
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .compensation("direct:long-undo");
    }
}
