package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.resteasy.mock.MockDispatcherFactory;
import org.jboss.resteasy.spi.Dispatcher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How requests are taken without a socket; what they are answered, {@link LocallyEmbeddedCoordinatorTest} says. */
class LocalRequestsTest {

    private static final int MORE_THAN_THREADS = 230;

    private final Dispatcher nothing = MockDispatcherFactory.createDispatcher();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch go = new CountDownLatch(1);
    private final LocalRequests requests = new LocalRequests(this::filter, () -> nothing, Duration.ofSeconds(20));

    private void filter(CoordinatorRequest request, CoordinatorFilter.Next next) throws IOException {
        seen.add(request.url());
        if (request.url().endsWith("/broken")) {
            throw new IllegalStateException("out of order");
        }
        try {
            go.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        request.answer(200, "text/plain", request.parameter("say"));
    }

    private static HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:1/lra-coordinator" + path))
                .build();
    }

    private CompletableFuture<HttpResponse<String>> send(HttpRequest request) {
        return requests.apply(request, Runnable::run);
    }

    private static HttpResponse<String> get(CompletableFuture<HttpResponse<String>> answer) throws Exception {
        return answer.get(HangLimit.SECONDS, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        go.countDown();
        if (requests.isRunning()) {
            requests.stop();
        }
    }

    @Test
    void answers500WhenTheCoordinatorFails() throws Exception {
        requests.start();

        HttpResponse<String> answer = get(send(request("/broken")));

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).isEqualTo("out of order");
    }

    @Test
    void answersAllWhenThereAreMoreThanThreads() throws Exception {
        requests.start();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < MORE_THAN_THREADS; i++) {
            answers.add(send(request("/x?say=" + i)));
        }
        go.countDown();

        for (int i = 0; i < MORE_THAN_THREADS; i++) {
            assertThat(get(answers.get(i)).body()).isEqualTo(String.valueOf(i));
        }
    }

    @Test
    void doesNotWorkOnWhatNobodyWaitsForAnyMore() throws Exception {
        requests.start();
        for (int i = 0; i < 200; i++) {
            send(request("/first?say=x"));
        }
        CompletableFuture<HttpResponse<String>> cancelled = send(request("/cancelled?say=x"));
        CompletableFuture<HttpResponse<String>> last = send(request("/last?say=x"));
        cancelled.cancel(true);
        go.countDown();

        assertThat(get(last).statusCode()).isEqualTo(200);

        requests.stop();
        assertThat(seen).hasSize(201).noneMatch(url -> url.endsWith("/cancelled"));
    }

    @Test
    void endsWhatIsUnderWayAndTakesNoMoreWhenItStops() throws Exception {
        requests.start();
        CompletableFuture<HttpResponse<String>> underWay = send(request("/x?say=done"));
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(requests::stop);
        await().until(() -> !requests.isRunning());

        assertThat(stopped).isNotDone();
        assertThatThrownBy(() -> get(send(request("/y")))).hasCauseInstanceOf(IOException.class);

        go.countDown();
        stopped.get(HangLimit.SECONDS, TimeUnit.SECONDS);
        assertThat(get(underWay).body()).isEqualTo("done");
    }

    @Test
    void takesNothingBeforeItIsStarted() {
        assertThatThrownBy(() -> get(send(request("/x"))))
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("does not run");
    }
}
