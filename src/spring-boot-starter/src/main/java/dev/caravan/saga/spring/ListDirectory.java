package dev.caravan.saga.spring;

import dev.caravan.saga.camel.StartRefusedException;
import dev.caravan.saga.monitoring.SagaDirectory;
import java.nio.file.Path;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/** Where the list of sagas has a disk, as {@code caravan.view.directory} says, and the class path allows. */
final class ListDirectory {

    private static final String NONE = "none";

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

    private static boolean hasLucene() {
        return ClassUtils.isPresent("org.apache.lucene.index.IndexWriter", null);
    }
}
