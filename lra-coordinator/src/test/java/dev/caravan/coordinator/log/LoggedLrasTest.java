package dev.caravan.coordinator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.coordinator.log.Folded.Verdict;
import dev.caravan.testing.HangLimit;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.microprofile.lra.annotation.LRAStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

/** Instances on one log, with participants that are answered for by the test. */
class LoggedLrasTest {

    private final InMemoryLraLog log = new InMemoryLraLog();
    private final List<Instance> instances = new ArrayList<>();
    private final Instance one = new Instance("one");
    private volatile long now = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

    private final class Instance {

        final InMemoryLraLog.Instance reading = log.new Instance();
        final List<String> calls = new CopyOnWriteArrayList<>();
        final Map<String, CompletableFuture<HttpResponse<String>>> answers = new ConcurrentHashMap<>();
        final List<Runnable> later = new CopyOnWriteArrayList<>();
        final LoggedLras lras;

        Instance(String name) {
            lras = new LoggedLras(
                    reading,
                    new TestClock(),
                    new TestClock(),
                    (task, delay) -> later.add(task),
                    name,
                    new CallSettings(
                            (method, uri, headers, body) -> called(uri),
                            Duration.ofMinutes(1),
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(4),
                            Duration.ofHours(1),
                            2));
            lras.open();
            instances.add(this);
        }

        private CompletableFuture<HttpResponse<String>> called(URI uri) {
            String call = uri.getPath().substring(1);
            calls.add(call);
            return answers.getOrDefault(call, answer(200));
        }

        /** From another that may believe in it as long as it need not read. */
        void takesOver() {
            later.clear();
            reading.gain();
            await().until(() -> !later.isEmpty());
            runWhatIsDueLater();
        }

        void runWhatIsDueLater() {
            List<Runnable> due = List.copyOf(later);
            later.removeAll(due);
            due.forEach(Runnable::run);
        }
    }

    private final class TestClock extends Clock {

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(now);
        }
    }

    private static CompletableFuture<HttpResponse<String>> answer(int status) {
        return answer(status, "");
    }

    @SuppressWarnings("unchecked")
    private static CompletableFuture<HttpResponse<String>> answer(int status, String body) {
        HttpResponse<String> response = Mockito.mock(HttpResponse.class);
        Mockito.when(response.statusCode()).thenReturn(status);
        Mockito.when(response.body()).thenReturn(body);
        Mockito.when(response.headers()).thenReturn(java.net.http.HttpHeaders.of(Map.of(), (name, value) -> true));
        return CompletableFuture.completedFuture(response);
    }

    @AfterEach
    void close() {
        instances.forEach(instance -> instance.lras.close());
    }

    private String start(long limit, String... participants) {
        String uid = one.lras.nextUid(null);
        one.lras
                .write(uid, new LraEvent.Start("http://here/" + uid, "", null, limit))
                .join();
        for (String name : participants) {
            Map<String, String> links = Map.of("compensate", "http://there/" + name + "/compensate");
            one.lras
                    .write(uid, new LraEvent.Join(links, "http://here/recovery/" + uid, null, 0))
                    .join();
        }
        return uid;
    }

    private LRAStatus cancel(String uid) {
        CompletableFuture<LRAStatus> end = one.lras.expectEnd(uid);
        one.lras.write(uid, new LraEvent.Cancel()).join();
        return end.join();
    }

    @Test
    void leavesNothingInTheLog() {
        one.reading.gain();
        String uid = start(0, "a", "b");
        assertThat(one.lras.write(uid, new LraEvent.Leave("none", null)).join().verdict())
                .isEqualTo(Verdict.STRANGER);

        assertThat(cancel(uid)).isEqualTo(LRAStatus.Cancelled);

        assertThat(one.calls).containsExactly("b/compensate", "a/compensate");
        assertThat(one.lras.find(uid)).isNull();
        await().untilAsserted(() -> assertThat(log.keys()).containsExactly(Claims.KEY));
    }

    @Test
    void hasParticipantsForgetSomeTimeAfterTheEnd() {
        one.reading.gain();
        String uid = one.lras.nextUid(null);
        one.lras
                .write(uid, new LraEvent.Start("http://here/" + uid, "", null, 0))
                .join();
        Map<String, String> links =
                Map.of("compensate", "http://there/a/compensate", "forget", "http://there/a/forget");
        one.lras
                .write(uid, new LraEvent.Join(links, "http://here/recovery/" + uid, null, 0))
                .join();
        CompletableFuture<HttpResponse<String>> failed = answer(500, "FailedToCompensate");
        one.answers.put("a/compensate", failed);

        assertThat(cancel(uid)).isEqualTo(LRAStatus.FailedToCancel);

        await().until(() -> !one.later.isEmpty());
        assertThat(one.calls).containsExactly("a/compensate");
        one.runWhatIsDueLater();
        await().until(() -> one.calls.contains("a/forget"));
    }

    /** Its owner dies before the records of an LRA that is over are removed. */
    @Test
    void removesWhatAnotherHasLeft() {
        String uid = start(0);
        one.lras.write(uid, new LraEvent.Cancel()).join();
        assertThat(log.keys()).hasSize(2);
        Instance two = new Instance("two");

        two.reading.gain();

        await().untilAsserted(() -> assertThat(log.keys()).containsExactly(Claims.KEY));
    }

    @Test
    void callsNobodyAnyMoreWhenAnotherHasClaimedThePartition() {
        Instance two = new Instance("two");
        one.reading.gain();
        String uid = start(0, "a", "b");
        CompletableFuture<HttpResponse<String>> frozen = new CompletableFuture<>();
        one.answers.put("b/compensate", frozen);
        CompletableFuture<LRAStatus> end = one.lras.expectEnd(uid);
        one.lras.write(uid, new LraEvent.Cancel()).join();
        await().until(() -> one.calls.contains("b/compensate"));

        CompletableFuture<HttpResponse<String>> slow = new CompletableFuture<>();
        two.answers.put("a/compensate", slow);
        two.takesOver();
        await().until(() -> two.calls.contains("a/compensate"));
        CompletableFuture<Void> goesOn = one.lras.recover();
        frozen.complete(answer(200).join());
        goesOn.join();
        assertThat(one.calls).containsExactly("b/compensate");
        slow.complete(answer(200).join());

        assertThat(end.join()).isEqualTo(LRAStatus.Cancelled);
        assertThat(two.calls).containsExactly("b/compensate", "a/compensate");
    }

    /** One to be called again by the first instance. */
    private String startPending() {
        one.reading.gain();
        one.answers.put("a/compensate", answer(503));
        String uid = start(0, "a");
        assertThat(cancel(uid)).isEqualTo(LRAStatus.Cancelling);
        await().until(() -> !one.later.isEmpty());
        return uid;
    }

    private Instance undoneByAnother(String uid, Instance two) {
        two.takesOver();
        await().until(() -> two.calls.contains("a/compensate") && two.lras.find(uid) == null);
        await().untilAsserted(() -> assertThat(log.keys()).containsExactly(Claims.KEY));
        return two;
    }

    /** It would call now if it did not ask the log first, and reads there that another one has called. */
    private void callsNobodyMore(String uid, int written) {
        await().until(() -> one.calls.size() > 1 || log.size() > written);
        one.reading.thaw();

        await().until(() -> one.lras.find(uid) == null);
        assertThat(one.calls).containsExactly("a/compensate");
    }

    /** Another has undone all that time. */
    @Test
    void callsNobodyAfterAFreezeBeforeItHasHeardOfTheOthers() {
        String uid = startPending();
        one.reading.freeze();
        undoneByAnother(uid, new Instance("two"));
        int written = log.size();
        now += 10_000;

        one.runWhatIsDueLater();
        callsNobodyMore(uid, written);
    }

    /** What waited for it since before the freeze is no news of the others. */
    @Test
    void callsNobodyAfterAFreezeForHavingReadWhatIsOld() {
        String uid = startPending();
        one.reading.freeze();
        Instance two = new Instance("two");
        String another = two.lras.nextUid(null);
        two.lras
                .write(another, new LraEvent.Start("http://here/" + another, "", null, 0))
                .join();
        two.lras.write(another, new LraEvent.Close()).join();
        undoneByAnother(uid, two);
        int written = log.size();
        now += 10_000;

        one.reading.readOne();
        assertThat(one.lras.find(another)).isNotNull();
        one.runWhatIsDueLater();
        callsNobodyMore(uid, written);
    }

    /** It had it before, and has not read yet that another one had it meanwhile. */
    @Test
    void callsNobodyOfAPartitionThatCameBackBeforeItHasReadItsNewClaim() {
        String uid = startPending();
        one.reading.freeze();
        one.reading.lose();
        undoneByAnother(uid, new Instance("two")).reading.lose();

        one.reading.gain();
        int written = log.size();
        one.lras.recover();
        callsNobodyMore(uid, written);
    }

    /** The one before it has asked the log just before it was claimed, and has not read that yet. */
    @Test
    void waitsUntilWhoHadThePartitionWouldHaveToReadAgain() {
        String uid = startPending();
        Instance two = new Instance("two");
        await().until(() -> two.lras.find(uid) != null);
        one.reading.freeze();
        one.later.clear();

        two.reading.gain();
        await().until(() -> !two.later.isEmpty());
        two.lras.recover().join();
        assertThat(one.lras.isMine(uid)).isTrue();
        assertThat(two.calls).isEmpty();
        two.runWhatIsDueLater();

        await().until(() -> two.calls.contains("a/compensate"));
    }

    @Test
    void callsAtOnceWhatWasReleased() {
        String uid = startPending();
        Instance two = new Instance("two");
        one.reading.release();
        assertThat(one.lras.isMine(uid)).isFalse();

        two.reading.gain();

        await().until(() -> two.calls.contains("a/compensate"));
    }

    /** The release of one that was frozen since comes when another has the partition: that one may believe in it. */
    @Test
    void waitsAlthoughAnotherWasReleased() {
        String uid = startPending();
        Instance two = new Instance("two");
        two.takesOver();
        await().until(() -> two.lras.isMine(uid));
        log.append(Claims.RELEASE, "one/1".getBytes(StandardCharsets.UTF_8));
        Instance three = new Instance("three");

        three.reading.gain();

        await().until(() -> !three.later.isEmpty());
        assertThat(three.lras.isMine(uid)).isFalse();
    }

    /** It was written by one that was frozen while it had the partition. */
    @Test
    void claimsAgainAfterALateClaim() {
        Instance two = new Instance("two");
        two.reading.gain();
        String uid = start(0, "a");
        await().until(() -> two.lras.isMine(uid));

        log.append(Claims.KEY, "one/1".getBytes(StandardCharsets.UTF_8));
        await().until(() -> !two.lras.isMine(uid) && !two.later.isEmpty());
        two.runWhatIsDueLater();
        await().until(() -> !two.later.isEmpty());
        CompletableFuture<LRAStatus> end = one.lras.expectEnd(uid);
        one.lras.write(uid, new LraEvent.Cancel()).join();
        two.lras.recover().join();
        assertThat(two.calls).isEmpty(); // until the other would have to read
        two.runWhatIsDueLater();

        assertThat(end.join()).isEqualTo(LRAStatus.Cancelled);
        assertThat(two.calls).containsExactly("a/compensate");
    }

    @Test
    void hasParticipantsCalledThatAnotherInstanceCalls() {
        String uid = startPending();
        Instance two = new Instance("two");
        await().until(() -> two.lras.find(uid) != null);
        one.answers.put("a/compensate", answer(200));

        two.lras.recover().join();

        await().until(() -> two.lras.find(uid) == null);
        assertThat(one.calls).containsExactly("a/compensate", "a/compensate");
        assertThat(two.calls).isEmpty();
    }

    /** It has to read first what the others did meanwhile. */
    @Test
    void callsOnceAfterALongDelay() {
        startPending();
        now += 10_000;

        one.runWhatIsDueLater();

        await().until(() -> !one.later.isEmpty());
        assertThat(one.calls).containsExactly("a/compensate", "a/compensate");
    }

    @Test
    void cancelsAtTheTimeLimitUnlessItWasRenewed() {
        one.reading.gain();
        String uid = start(now + 1000, "a");
        String renewed = start(now + 1000, "b");
        one.lras.write(renewed, new LraEvent.Renew(now + 9000)).join();
        now += 1000;

        one.runWhatIsDueLater();

        await().until(() -> one.lras.find(uid) == null);
        assertThat(one.lras.find(renewed).status()).isEqualTo(LRAStatus.Active);
        assertThat(one.calls).containsExactly("a/compensate");
    }

    @Test
    void givesUpWhoNeverEnds() {
        one.reading.gain();
        one.answers.put("b/compensate", answer(503));
        String uid = start(0, "a", "b");
        assertThat(cancel(uid)).isEqualTo(LRAStatus.Cancelling);
        one.lras.recover().join();
        assertThat(one.calls).containsExactly("b/compensate", "b/compensate");
        now += Duration.ofHours(2).toMillis();

        one.lras.recover().join();

        assertThat(one.calls).containsExactly("b/compensate", "b/compensate", "a/compensate");
        assertThat(one.lras.find(uid).status()).isEqualTo(LRAStatus.FailedToCancel);
    }

    @Test
    void knowsThatItsLogDoesNotAnswer() throws InterruptedException {
        assertThat(one.lras.hasRead(HangLimit.TIME)).isTrue();
        assertThat(one.lras.hasRead(Duration.ZERO)).isTrue();
        one.reading.freeze();
        now += 10_000;

        assertThat(one.lras.hasRead(Duration.ZERO)).isFalse();

        one.reading.thaw();
        assertThat(one.lras.hasRead(HangLimit.TIME)).isTrue();
    }

    @Test
    void comesToTheSameOutOfTheLog() {
        one.reading.gain();
        one.answers.put("b/compensate", answer(503));
        String held = start(0, "a", "b");
        cancel(held);
        String open = start(0, "c");

        Instance two = new Instance("two");

        await().untilAsserted(() -> assertThat(two.lras.all()).containsExactlyInAnyOrderElementsOf(one.lras.all()));
        assertThat(two.lras.find(open)).isEqualTo(one.lras.find(open));
    }
}
