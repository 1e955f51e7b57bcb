package dev.caravan.saga.spring;

import dev.caravan.saga.camel.StartRefusedException;
import dev.caravan.saga.monitoring.SagaDirectory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/** Where the list of sagas has a disk, as {@code caravan.view.directory} says, and the class path allows. */
final class ListDirectory {

    private static final String NONE = "none";

    /** A page looks at each line in memory, which is slower than the disk's index: a page of a million takes 10 ms. */
    private static final int BESIDE_A_DISK = 50_000;

    private static final int WITHOUT_A_DISK = 200_000;

    private ListDirectory() {}

    /** @throws StartRefusedException there is a directory, and nothing that could use it */
    static SagaDirectory of(String setting) {
        if (NONE.equals(setting)) {
            return SagaDirectory.NONE;
        }
        if (StringUtils.hasText(setting)) {
            if (!hasLucene()) {
                throw new StartRefusedException(
                        "caravan.view.directory is %s, and org.apache.lucene:lucene-core is not on the class path."
                                .formatted(setting),
                        "Do not exclude it, or leave the setting out: the list is in memory only then");
            }
            return SagaDirectory.at(Path.of(setting));
        }
        return hasLucene()
                ? SagaDirectory.temporaryIn(Path.of(System.getProperty("java.io.tmpdir")))
                : SagaDirectory.NONE;
    }

    /** @return how many sagas of the list are in memory */
    static int capacity(@Nullable Integer setting, SagaDirectory directory) {
        if (setting != null) {
            return setting;
        }
        return directory == SagaDirectory.NONE ? WITHOUT_A_DISK : BESIDE_A_DISK;
    }

    private static boolean hasLucene() {
        return ClassUtils.isPresent("org.apache.lucene.index.IndexWriter", null);
    }
}
