package com.example.tickets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.tickets.TicketController.Purchase;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.kafka.test.context.EmbeddedKafka;

/** The whole application, with Kafka and a database. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"tickets.data-dir=target/data-${random.uuid}", "spring.datasource.url=jdbc:h2:mem:tickets"})
@EmbeddedKafka(partitions = 4, bootstrapServersProperty = "camel.component.kafka.brokers")
class TicketApplicationTest {

    private static final String CARD = "4242424242424242";

    @Autowired
    private TestRestTemplate http;

    @Autowired
    private Seats seats;

    @Autowired
    private Cards cards;

    @Autowired
    private Tickets tickets;

    @Test
    void sellsATicket() {
        int before = seats.free("OPENING");

        String sagaId = buy(new Purchase("ann", "ann@example.com", "OPENING", CARD));

        assertThat(end(sagaId)).isEqualTo("COMPLETED");
        assertThat(seats.free("OPENING")).isEqualTo(before - 1);
        assertThat(cards.status(sagaId)).isEqualTo("CHARGED");
        assertThat(tickets.status(sagaId)).isEqualTo("VALID");
    }

    @Test
    void undoesAllWhenTheTicketCannotBeSent() {
        int before = seats.free("OPENING");

        String sagaId = buy(new Purchase("bob", "nowhere", "OPENING", CARD));

        assertThat(end(sagaId)).isEqualTo("COMPENSATED");
        assertThat(seats.free("OPENING")).isEqualTo(before);
        assertThat(cards.status(sagaId)).isEqualTo("REFUNDED");
        assertThat(tickets.status(sagaId)).isEqualTo("-");
    }

    @Test
    void chargesNobodyForAConcertThatIsSoldOut() {
        String sagaId = buy(new Purchase("eve", "eve@example.com", "SOLD-OUT", CARD));

        assertThat(end(sagaId)).isEqualTo("COMPENSATED");
        assertThat(cards.status(sagaId)).isEqualTo("-");
    }

    private String buy(Purchase purchase) {
        return http.postForObject("/tickets", purchase, JsonNode.class)
                .path("sagaId")
                .asText();
    }

    private String end(String sagaId) {
        return await().atMost(Duration.ofMinutes(5))
                .until(
                        () -> http.getForObject("/api/sagas/" + sagaId, JsonNode.class)
                                .path("status")
                                .asText(),
                        status -> status.matches("COMPLETED|COMPENSATED|FAILED"));
    }
}
