package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.state.SagaEvent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program against the REST interface that the starter has. */
class CaravanTest {

    private static SagasApplication application;

    @TempDir
    private Path directory;

    /** What a command printed, and its exit code. */
    private record Result(int exitCode, String out, String err) {

        List<JsonNode> json() {
            return out.lines().map(Rest::json).toList();
        }
    }

    @BeforeAll
    static void start() {
        application = new SagasApplication();
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static Result run(String... arguments) {
        return at(application.url(), arguments);
    }

    private static Result at(String url, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] all =
                Stream.concat(Stream.of(arguments), Stream.of("--url", url)).toArray(String[]::new);
        int exitCode = Caravan.run(new PrintWriter(out, true), new PrintWriter(err, true), all);
        return new Result(exitCode, out.toString(), err.toString());
    }

    @Test
    void listsWhatMatches() {
        application.fail("ls-1", "CLOSED");
        application.fail("ls-2", "AWAY");
        application.start("ls-3");

        Result failed = run("ls", "--status", "FAILED", "--text", "ls-", "--code", "CLOSED");
        assertThat(failed.exitCode()).isZero();
        assertThat(failed.out().lines().skip(1))
                .singleElement()
                .asString()
                .startsWith("ls-1  trip  FAILED  key-of-ls-1  PAY")
                .contains("a person has to act; PAY: refunds are closed; CLOSED: no seat");
        assertThat(failed.err()).contains("1 of 1 sagas");

        assertThat(run("ls", "--key", "key-of-ls-3", "--attribute", "city=Rome", "--json")
                        .json())
                .singleElement()
                .satisfies(saga -> assertThat(saga.path("status").asText()).isEqualTo("EXECUTING"));
        assertThat(run("ls", "--key", "key-of-ls-3", "--attribute", "city=Oslo", "--json")
                        .out())
                .isEmpty();
        assertThat(run("ls", "--text", "ls-", "--groups", "--json").json())
                .extracting(group -> group.path("code").asText(), group -> group.path("count")
                        .asInt())
                .contains(org.assertj.core.groups.Tuple.tuple("CLOSED", 1));
        assertThat(run("ls", "--text", "ls-", "--limit", "1").err()).contains("1 of 3 sagas");
    }

    @Test
    void showsOneSaga() {
        application.fail("show-1", "CLOSED");

        Result shown = run("show", "show-1");
        assertThat(shown.exitCode()).isZero();
        assertThat(shown.out())
                .startsWith("show-1 trip FAILED")
                .contains("! a person has to act")
                .contains("PAY   COMPENSATION_FAILED")
                .contains("STEP_COMPENSATE_FAILED PAY attempts=3 error=refunds are closed code=CLOSED");
        assertThat(Rest.json(run("show", "show-1", "--json").out())
                        .path("sagaId")
                        .asText())
                .isEqualTo("show-1");

        Result none = run("show", "show-none");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.err()).isEqualTo("caravan: There is no saga show-none" + System.lineSeparator());
    }

    @Test
    void followsOneSagaToItsEnd() {
        LiveSaga saga = application.start("tail-1");
        CompletableFuture<Result> tail = CompletableFuture.supplyAsync(() -> run("tail", "tail-1"));
        saga.append(new SagaEvent.Success(SagasApplication.PAY, "Pay", null)).join();
        saga.append(new SagaEvent.Complete()).join();

        Result told = tail.join();
        assertThat(told.exitCode()).as(told.err()).isZero();
        assertThat(told.out().lines().map(line -> line.split(" ")[1]))
                .containsExactly("START", "ATTRIBUTES", "ENLIST", "SUCCESS", "COMPLETE");
    }

    @Test
    void tellsWhatChanges() throws Exception {
        StringWriter out = new StringWriter();
        CompletableFuture<Integer> tail = CompletableFuture.supplyAsync(() -> Caravan.run(
                new PrintWriter(out, true),
                new PrintWriter(new StringWriter()),
                "tail",
                "--name",
                "trip",
                "--count",
                "2",
                "--json",
                "--url",
                application.url()));
        for (int i = 0; !tail.isDone(); i++) {
            application.start("change-" + i);
            CompletableFuture.anyOf(
                            tail,
                            new CompletableFuture<>()
                                    .completeOnTimeout(null, 20, java.util.concurrent.TimeUnit.MILLISECONDS))
                    .join();
        }
        assertThat(tail.join()).isZero();
        assertThat(out.toString().lines().map(Rest::json))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.path("name").asText()).isEqualTo("trip"));
    }

    @Test
    void repairsOneSaga() {
        application.fail("one-1", "CLOSED");
        application.fail("one-2", "CLOSED");
        application.start("one-3");

        assertThat(run("retry", "one-1", "--why", "open again", "--who", "ann"))
                .satisfies(done -> assertThat(done.exitCode()).isZero())
                .satisfies(done -> assertThat(done.out()).contains("RETRY who=ann reason=open again"));
        assertThat(run("show", "one-1").out()).startsWith("one-1 trip COMPENSATED");
        assertThat(run("resolve", "one-2", "--why", "by hand", "--who", "ann").out())
                .contains("RESOLVE who=ann reason=by hand")
                .contains("one-2 is COMPENSATED");
        assertThat(run("cancel", "one-3", "--why", "twice", "--who", "ann").out())
                .contains("FAIL reason=Cancelled by ann: twice")
                .contains("one-3 is COMPENSATING");

        application.fail("one-4", "CLOSED");
        assertThat(run("resolve", "one-4", "--at", "PAY", "--why", "refund 4711", "--who", "ann")
                        .out())
                .contains("STEP_RESOLVED PAY who=ann reason=refund 4711");
        application.fail("one-5", "CLOSED");
        assertThat(run("correct", "one-5", "--at", "PAY", "--data", "{\"iban\": \"DE02\"}", "--why", "moved")
                        .out())
                .contains("STEP_CORRECTION PAY who=", "reason=moved");
        assertThat(run("show", "one-5").out()).startsWith("one-5 trip COMPENSATED");
        assertThat(run("retry", "one-1", "--at", "HOTEL", "--why", "x").exitCode())
                .isEqualTo(1);
        assertThat(run("retry", "--status", "FAILED", "--at", "PAY", "--why", "x", "--yes")
                        .exitCode())
                .isEqualTo(2);

        Result refused = run("resolve", "one-2", "--why", "again", "--who", "ann");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("one-2").contains("has ended");
    }

    @Test
    void confirmsWhatAnotherOperatorCorrected() {
        application.fail("both-1", "CLOSED");
        application.propose("both-1", Map.of("iban", "DE02"), "bob");

        assertThat(run("show", "both-1").out()).contains("correction 6 of bob waits to be confirmed: moved");
        assertThat(run("correct", "both-1", "--at", "PAY").out())
                .contains("\"iban\" : \"DE02\"", "--confirm 6 has it sent");
        assertThat(run("correct", "both-1", "--at", "PAY", "--confirm", "5", "--why", "seen", "--who", "ann"))
                .satisfies(refused -> assertThat(refused.exitCode()).isEqualTo(1))
                .satisfies(refused -> assertThat(refused.err()).contains("has no corrected data 5"));
        assertThat(run("correct", "both-1", "--at", "PAY", "--confirm", "6", "--why", "seen", "--who", "ann")
                        .out())
                .contains("RETRY PAY who=ann reason=seen correction=6");
        assertThat(run("correct", "both-1", "--at", "PAY").exitCode()).isEqualTo(1);
        assertThat(run("correct", "both-1", "--at", "PAY", "--data", "{}", "--confirm", "6", "--why", "x")
                        .exitCode())
                .isEqualTo(2);
        assertThat(run("correct", "both-1", "--at", "PAY", "--data", "{}").exitCode())
                .isEqualTo(2);
    }

    @Test
    void asksWhatAParticipantHolds() {
        application.fail("asked-1", "CLOSED");
        application.answers(JsonNodeFactory.instance
                .objectNode()
                .put("held", "DONE")
                .put("command", "Pay")
                .<ObjectNode>set("result", TextNode.valueOf("p-1")));

        assertThat(run("ask", "asked-1", "--at", "PAY", "--why", "to be sure").out())
                .contains("bank DONE Pay", "\"p-1\"");
        assertThat(run("ask", "asked-1", "--at", "PAY", "--why", "to be sure", "--json")
                        .out())
                .contains("\"held\":\"DONE\"");
        assertThat(run("ask", "asked-1", "--at", "CAR", "--why", "to be sure").exitCode())
                .isEqualTo(1);
    }

    @Test
    void saysThatNoParticipantAnswers() {
        application.fail("asked-2", "CLOSED");

        assertThat(run("ask", "asked-2", "--at", "PAY", "--why", "to be sure", "--wait", "1")
                        .out())
                .contains("No answer within 1 s: what the participant holds is not known");
    }

    @Test
    void repairsAllThatMatch() {
        for (int i = 0; i < 5; i++) {
            application.fail("many-" + i, "LOCKED");
        }
        String[] matching = {"retry", "--code", "LOCKED", "--why", "unlocked", "--who", "ann", "--rate", "100"};

        Result preview = run(with(matching, "--dry-run"));
        assertThat(preview.exitCode()).isZero();
        assertThat(preview.out()).startsWith("retry for 5 sagas").contains("many-3");
        assertThat(run("ls", "--code", "LOCKED", "--status", "FAILED").err()).contains("5 of 5 sagas");

        Result notAsked = run(matching);
        assertThat(notAsked.exitCode()).isEqualTo(2);
        assertThat(notAsked.err()).contains("--yes");

        Result done = run(with(matching, "--yes"));
        assertThat(done.exitCode()).isZero();
        assertThat(done.out()).contains("DONE: 5 of 5 accepted, 0 refused; now 5 COMPENSATED");
        assertThat(run(with(matching, "--yes")).out()).contains("retry for 0 sagas");
    }

    private static String[] with(String[] arguments, String more) {
        return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void actsOnThoseOfAKeyAndAnAttribute() {
        application.fail("key-1", "AWAY");
        application.fail("key-2", "AWAY");

        assertThat(run(
                                "resolve",
                                "--key",
                                "key-of-key-1",
                                "--attribute",
                                "city=Rome",
                                "--why",
                                "by hand",
                                "--who",
                                "ann",
                                "--yes")
                        .out())
                .contains("DONE: 1 of 1 accepted");
        assertThat(run("show", "key-2").out()).startsWith("key-2 trip FAILED");
    }

    @Test
    void answersAStep() throws Exception {
        application.await("reply-1");
        application.await("reply-2");
        Path body = Files.writeString(directory.resolve("body.json"), "{\"approved\": true}");

        Result answered =
                run("reply", "reply-1", "--at", "PAY", "--body", "@" + body, "--why", "cheap", "--who", "ann");
        assertThat(answered.exitCode()).isZero();
        assertThat(answered.out()).contains("STEP_ANSWERED PAY").contains("who=ann reason=cheap");
        assertThat(run("reply", "reply-2", "--at", "PAY", "--no", "DEAR", "--why", "dear", "--who", "ann")
                        .out())
                .contains("code=DEAR");
        assertThat(run("reply", "reply-1", "--at", "PAY", "--body", "yes", "--why", "x")
                        .exitCode())
                .isEqualTo(2);
        Result twice = run("reply", "reply-1", "--at", "PAY", "--why", "again");
        assertThat(twice.exitCode()).isEqualTo(1);
        assertThat(twice.err()).contains("PAY");
    }

    @Test
    void exportsSagas() throws Exception {
        application.fail("export-1", "CLOSED");
        Path file = directory.resolve("sagas.jsonl");

        Result exported = run("export", "--text", "export-", "--format", "jsonl", "-o", file.toString());
        assertThat(exported.exitCode()).isZero();
        assertThat(exported.err()).contains("1 sagas match");
        assertThat(Files.readAllLines(file)).singleElement().asString().contains("\"sagaId\":\"export-1\"");
        assertThat(run("export", "--text", "export-", "-o", file.toString()).exitCode())
                .as("a file that is there is left alone")
                .isEqualTo(2);
        assertThat(run("export", "--text", "export-").out())
                .startsWith("sagaId,name,status")
                .contains("export-1,trip,FAILED");
        assertThat(Rest.json(run("export", "export-1").out()).path("events")).hasSize(6);
        assertThat(run("export", "export-none").exitCode()).isEqualTo(1);
    }

    @Test
    void saysWhatIsWrongWithTheCommandLine() {
        assertThat(run().exitCode()).isEqualTo(2);
        assertThat(run("retry", "trip-1").err()).contains("--why");
        assertThat(run("retry", "--why", "x").err()).contains("which match");
        assertThat(run("ls", "--status", "OPEN"))
                .satisfies(refused -> assertThat(refused.exitCode()).isEqualTo(1))
                .satisfies(refused -> assertThat(refused.err()).contains("status is OPEN"));
        assertThat(at("file:///tmp", "ls").exitCode()).isEqualTo(2);
    }

    @Test
    void saysThatNobodyAnswers() {
        SagasApplication gone = new SagasApplication();
        String url = gone.url();
        gone.close();

        assertThat(at(url, "ls"))
                .satisfies(no -> assertThat(no.exitCode()).isEqualTo(3))
                .satisfies(no -> assertThat(no.err()).contains("No answer of " + url));
        assertThat(at(url, "tail").exitCode()).isEqualTo(3);
    }

    @Test
    void logsIn() throws Exception {
        try (SagasApplication guarded = new SagasApplication(
                "--caravan.console.login=always",
                "--caravan.console.users[0].name=vic",
                "--caravan.console.users[0].password={noop}seeing",
                "--caravan.console.users[0].role=VIEWER",
                "--caravan.console.users[1].name=olga",
                "--caravan.console.users[1].password={noop}mending",
                "--caravan.console.users[1].role=OPERATOR")) {
            guarded.fail("login-1", "CLOSED");
            String seeing =
                    Files.writeString(directory.resolve("vic"), "seeing\n").toString();
            String mending =
                    Files.writeString(directory.resolve("olga"), "mending\n").toString();

            assertThat(at(guarded.url(), "ls").exitCode()).isEqualTo(4);
            assertThat(at(guarded.url(), "tail").exitCode()).isEqualTo(4);
            assertThat(at(guarded.url(), "ls", "--user", "vic", "--password-file", mending)
                            .exitCode())
                    .isEqualTo(4);
            assertThat(at(guarded.url(), "ls", "--user", "vic").exitCode()).isEqualTo(2);
            Result list = at(guarded.url(), "ls", "--user", "vic", "--password-file", seeing);
            assertThat(list.out()).as(list.err()).contains("login-1");
            Result viewer =
                    at(guarded.url(), "retry", "login-1", "--why", "x", "--user", "vic", "--password-file", seeing);
            assertThat(viewer.exitCode()).isEqualTo(4);
            assertThat(viewer.err()).contains("OPERATOR");
            assertThat(at(
                                    guarded.url(),
                                    "retry",
                                    "login-1",
                                    "--why",
                                    "x",
                                    "--who",
                                    "somebody",
                                    "--user",
                                    "olga",
                                    "--password-file",
                                    mending)
                            .out())
                    .as("who has logged in is who did it")
                    .contains("RETRY who=olga reason=x");
        }
    }
}
