package dev.caravan.saga.kafka;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.camel.StartRefusedException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Routes that read Kafka in a consumer group of Caravan's, without a Kafka: what is refused asks for none. */
class OwnGroupsTest {

    private final DefaultCamelContext context = new DefaultCamelContext();

    @BeforeEach
    void configure() {
        context.setSourceLocationEnabled(true);
        context.getComponent("kafka", KafkaComponent.class).getConfiguration().setBrokers("127.0.0.1:1");
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private void consumes(String uri) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri).routeId("entrance " + uri).autoStartup(false).to("mock:order");
            }
        });
    }

    @Test
    void aRouteInTheGroupOfTheApplicationIsRefusedWithTheLine() throws Exception {
        consumes("kafka:orders?groupId=shop");
        KafkaClients.of(context).reserve("shop");

        assertThatThrownBy(context::start)
                .hasRootCauseInstanceOf(StartRefusedException.class)
                .rootCause()
                .hasMessageStartingWith("Route entrance kafka:orders?groupId=shop (OwnGroupsTest:")
                .hasMessageContaining(") reads topic orders in consumer group shop, which is Caravan's here")
                .hasMessageContaining("Give the route a groupId of its own, such as shop-orders.");
    }

    @Test
    void soIsOneWithTheGroupOfTheComponent() throws Exception {
        context.getComponent("kafka", KafkaComponent.class).getConfiguration().setGroupId("shop");
        consumes("kafka:orders");
        KafkaClients.of(context).reserve("shop");

        assertThatThrownBy(context::start).rootCause().hasMessageContaining("topic orders in consumer group shop");
    }

    @Test
    void aServiceWhoseGroupHasAReaderAlreadyIsRefused() throws Exception {
        KafkaClients clients = KafkaClients.of(context);
        consumes("kafka:orders?groupId=payment-service");
        context.start();

        assertThatThrownBy(() -> clients.reserve("payment-service"))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("topic orders in consumer group payment-service");
    }

    @Test
    void otherGroupsAreTheApplicationsBusiness() throws Exception {
        KafkaClients.of(context).reserve("shop");
        consumes("kafka:orders?groupId=shop-orders");
        consumes("kafka:payments");

        assertThatCode(context::start).doesNotThrowAnyException();
    }
}
