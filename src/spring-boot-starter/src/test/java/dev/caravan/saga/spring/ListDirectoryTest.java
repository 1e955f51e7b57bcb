package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.camel.StartRefusedException;
import dev.caravan.saga.monitoring.SagaDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.FilteredClassLoader;

class ListDirectoryTest {

    private final ClassLoader all = Thread.currentThread().getContextClassLoader();

    @AfterEach
    void giveTheClassPathBack() {
        Thread.currentThread().setContextClassLoader(all);
    }

    private static void withoutLucene() {
        Thread.currentThread().setContextClassLoader(new FilteredClassLoader("org.apache.lucene"));
    }

    @Test
    void isAmongTheTemporaryFilesUnlessSomethingElseIsSaid() {
        assertThat(ListDirectory.of(null)).hasToString(System.getProperty("java.io.tmpdir"));
        assertThat(ListDirectory.of(" ")).hasToString(System.getProperty("java.io.tmpdir"));
        assertThat(ListDirectory.of("target/sagas")).hasToString("target/sagas");
    }

    @Test
    void isNowhereIfThatIsSaidOrTheLibraryIsMissing() {
        assertThat(ListDirectory.of("none")).isSameAs(SagaDirectory.NONE);
        withoutLucene();
        assertThat(ListDirectory.of(null)).isSameAs(SagaDirectory.NONE);
    }

    @Test
    void hasMoreInMemoryWhereThereIsNoDisk() {
        assertThat(ListDirectory.capacity(null, ListDirectory.of(null))).isEqualTo(50_000);
        assertThat(ListDirectory.capacity(null, SagaDirectory.NONE)).isEqualTo(200_000);
        assertThat(ListDirectory.capacity(70, ListDirectory.of(null))).isEqualTo(70);
        assertThat(ListDirectory.capacity(70, SagaDirectory.NONE)).isEqualTo(70);
    }

    @Test
    void refusesADirectoryThatNothingCouldUse() {
        withoutLucene();
        assertThatThrownBy(() -> ListDirectory.of("target/sagas"))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("lucene-core");
    }
}
