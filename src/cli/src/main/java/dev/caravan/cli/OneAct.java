package dev.caravan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/**
 * An act on one saga, which is followed until the saga's log says what became of it: the instance that is asked may not be the
 * one that does it.
 */
final class OneAct {

    private static final long PAUSE_MILLIS = 200;

    private final Rest rest;
    private final PrintWriter out;

    OneAct(Rest rest, PrintWriter out) {
        this.rest = rest;
        this.out = out;
    }

    /** @param seconds how long it is followed */
    int run(String saga, String act, ObjectNode order, int seconds) throws InterruptedException {
        String path = "/" + Query.encoded(saga);
        int before = rest.get(path).body().path("events").size();
        rest.post(path + act, order);
        long pauses = TimeUnit.SECONDS.toMillis(seconds) / PAUSE_MILLIS;
        for (long i = 0; ; i++) {
            JsonNode now = rest.get(path).body();
            JsonNode events = now.path("events");
            for (int e = before; e < events.size(); e++) {
                JsonNode event = events.get(e);
                if (event.path("type").asText().equals("REFUSE")) {
                    throw new Failure(Failure.REFUSED, Texts.of(event, "reason"));
                }
                if (!event.path("type").asText().equals("REQUEST")) {
                    out.println(EventLine.of(event));
                    out.printf("%s is %s%n", saga, Texts.of(now, "status"));
                    return 0;
                }
            }
            if (i >= pauses) {
                out.printf(
                        "%s: the saga log has what is asked for, and the owner of the saga has not done it yet%n",
                        saga);
                return 0;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }
}
