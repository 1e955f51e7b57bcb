package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.RequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

/** Requests that come while others are being answered: each sends the next one before it has its answer. */
class DeadLetterControllerTest {

    private final List<Integer> statuses = new ArrayList<>();
    private final MockMvc http = MockMvcBuilders.standaloneSetup(
                    new DeadLetterController(this::countWhileAnotherAsks, this::replayWhileAnotherAsks))
            .build();
    private int working;
    private int mostWorking;

    private Map<String, Long> countWhileAnotherAsks() {
        work(get("/api/dead-letters"));
        return Map.of("payment-service-commands", 3L);
    }

    private int replayWhileAnotherAsks(String topic) {
        work(get("/api/dead-letters"));
        throw new IllegalArgumentException("There are no dead letters of a topic " + topic);
    }

    private void work(RequestBuilder another) {
        working++;
        mostWorking = Math.max(mostWorking, working);
        if (working <= DeadLetterController.MOST_AT_A_TIME) {
            statuses.add(send(another));
        }
        working--;
    }

    private int send(RequestBuilder request) {
        try {
            MockHttpServletResponse answer = http.perform(request).andReturn().getResponse();
            assertThat(answer.getHeader("Retry-After") != null).isEqualTo(answer.getStatus() == 503);
            return answer.getStatus();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void asksKafkaForFewAtATime() throws Exception {
        http.perform(get("/api/dead-letters"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.payment-service-commands").value(3));

        assertThat(statuses).containsExactly(503, 200);
        assertThat(mostWorking).isEqualTo(DeadLetterController.MOST_AT_A_TIME);
    }

    @Test
    void answersTheNextOneAfterOneThatFailed() throws Exception {
        for (int i = 0; i <= DeadLetterController.MOST_AT_A_TIME; i++) {
            statuses.clear();
            http.perform(post("/api/dead-letters/nothing/replay")).andExpect(status().isNotFound());
            assertThat(statuses).containsExactly(503, 200);
        }
    }
}
