package dev.caravan.compatibility.quarkus;

import dev.caravan.saga.camel.SagaStarter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;

/** Starts a saga for an order. */
@ApplicationScoped
@Named("orders")
public class Orders {

    private final CamelContext camel;

    @Inject
    Orders(CamelContext camel) {
        this.camel = camel;
    }

    /** @return the id of its saga, once the log has it */
    public String place(String orderId, String country) throws Exception {
        return camel.getRegistry()
                .lookupByNameAndType("caravanSagaStarter", SagaStarter.class)
                .start(
                        "direct:order-saga",
                        Map.of(
                                "orderId",
                                orderId,
                                "userId",
                                "ann",
                                "items",
                                List.of(),
                                "total",
                                10,
                                "currency",
                                "EUR",
                                "cardToken",
                                "tok",
                                "cardLast4",
                                "4242",
                                "country",
                                country),
                        orderId,
                        Map.of())
                .accepted()
                .get()
                .value();
    }
}
