package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.arjuna.ats.arjuna.common.Uid;
import com.arjuna.ats.arjuna.state.OutputObjectState;
import com.arjuna.ats.internal.arjuna.objectstore.hornetq.HornetqJournalEnvironmentBean;
import com.arjuna.ats.internal.arjuna.objectstore.hornetq.HornetqJournalStore;
import io.narayana.lra.coordinator.domain.model.LongRunningAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** The machine lost power while the journal of the coordinator was written: a record is there in part. */
@Tag("thorough")
class TornJournalTest {

    private static final String TYPE = LongRunningAction.getType();

    @TempDir
    private Path directory;

    /** As the coordinator has it, with smaller files. */
    private static HornetqJournalStore open(Path store) throws Exception {
        HornetqJournalEnvironmentBean settings = new HornetqJournalEnvironmentBean();
        settings.setStoreDir(store.toString());
        settings.setAsyncIO(false);
        settings.setFileSize(4 * 1024);
        settings.setMinFiles(2);
        HornetqJournalStore journal = new HornetqJournalStore(settings);
        journal.start();
        return journal;
    }

    private static void write(HornetqJournalStore journal, Uid uid, String text) throws Exception {
        OutputObjectState state = new OutputObjectState();
        state.packString(text);
        assertThat(journal.write_committed(uid, TYPE, state)).isTrue();
    }

    private static String read(HornetqJournalStore journal, Uid uid) throws Exception {
        return journal.read_committed(uid, TYPE).unpackString();
    }

    private static Map<String, byte[]> files(Path store) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(store)) {
            for (Path file : all.toList()) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    @Test
    void hasAllThatWasThereBeforeTheRecordThatIsTornAtAnyByte() throws Exception {
        Path store = directory.resolve("journal");
        Uid untouched = new Uid();
        Uid changed = new Uid();
        HornetqJournalStore journal = open(store);
        write(journal, untouched, "Active");
        write(journal, changed, "Active");
        Map<String, byte[]> before = files(store);
        write(journal, changed, "Closing");
        Map<String, byte[]> after = files(store);
        journal.stop();

        String file = after.keySet().stream()
                .filter(name -> !Arrays.equals(after.get(name), before.get(name)))
                .findFirst()
                .orElseThrow();
        byte[] whole = after.get(file);
        int begin = Arrays.mismatch(before.get(file), whole);
        int end = whole.length;
        while (whole[end - 1] == before.get(file)[end - 1]) {
            end--;
        }
        assertThat(end - begin).as("bytes of the record").isPositive();

        for (int cut = begin; cut <= end; cut++) {
            Path torn = directory.resolve("torn-" + cut);
            Files.createDirectories(torn);
            for (Map.Entry<String, byte[]> other : after.entrySet()) {
                byte[] bytes = other.getValue().clone();
                if (other.getKey().equals(file)) {
                    Arrays.fill(bytes, cut, bytes.length, (byte) 0);
                }
                Files.write(torn.resolve(other.getKey()), bytes);
            }
            HornetqJournalStore again = open(torn);
            try {
                assertThat(read(again, untouched)).as("cut at byte %d", cut).isEqualTo("Active");
                assertThat(read(again, changed))
                        .as("cut at byte %d of %d to %d", cut, begin, end)
                        .isEqualTo(cut < end ? "Active" : "Closing");
                write(again, changed, "Cancelling");
                assertThat(read(again, changed)).isEqualTo("Cancelling");
            } finally {
                again.stop();
            }
            FileSystemUtils.deleteRecursively(torn);
        }
    }
}
