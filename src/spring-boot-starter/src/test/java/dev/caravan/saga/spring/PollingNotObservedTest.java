package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationPredicate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class PollingNotObservedTest {

    private final ObservationPredicate observed = new PollingNotObserved(new StaticListableBeanFactory(
                    Map.of("paths", new GuardedPaths(GuardedPaths.Places::usual, List.of("/shown/**"), List.of())))
            .getBeanProvider(GuardedPaths.class));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/sagas/events",
                "/actuator/health",
                "/actuator/health/readiness",
                "/actuator/prometheus",
                "/actuator/sagas"
            })
    void leavesOutWhatIsAskedForAgainAndAgain(String path) {
        assertThat(isObserved("GET", path)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/sagas", "/api/sagas/trip-1", "/api/lras", "/api/dead-letters"})
    void leavesOutWhatTheConsoleAsksForAndKeepsWhatOthersDo(String path) {
        MockHttpServletRequest console = new MockHttpServletRequest("GET", path);
        console.addHeader(GuardedPaths.CONSOLE_HEADER, "true");

        assertThat(isObserved(console)).isFalse();
        assertThat(isObserved("GET", path)).isTrue();
    }

    @Test
    void keepsWhatChangesASagaAndWhatIsTheApplications() {
        assertThat(isObserved("POST", "/api/sagas/trip-1/retry")).isTrue();
        assertThat(isObserved("POST", "/api/sagas/actions")).isTrue();
        assertThat(isObserved("GET", "/api/orders")).isTrue();
        assertThat(isObserved("GET", "/shown/orders")).isTrue();
        assertThat(observed.test("other", new Observation.Context())).isTrue();
    }

    private boolean isObserved(String method, String path) {
        return isObserved(new MockHttpServletRequest(method, path));
    }

    private boolean isObserved(MockHttpServletRequest request) {
        return observed.test(
                "http.server.requests", new ServerRequestObservationContext(request, new MockHttpServletResponse()));
    }
}
