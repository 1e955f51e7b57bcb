package dev.caravan.compatibility;

import static dev.caravan.compatibility.OrderSagaFile.FILES;
import static dev.caravan.compatibility.OrderSagaFile.completesAndCompensates;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of the order saga, read by the newer line and run by the test kit. */
class OrderSagaFilesTest {

    @TempDir
    Path directory;

    @Test
    void readsYamlAsItIs() {
        completesAndCompensates(FILES.resolve("order-saga.camel.yaml"));
    }

    /** From Camel 4.19 on, compensation and completion are attributes of the block. */
    @Test
    void readsXmlWithAttributes() throws IOException {
        String old = Files.readString(FILES.resolve("order-saga.camel.xml"));
        String attributes = old.replaceAll(
                        "<saga propagation=\"MANDATORY\">\\s*<compensation uri=\"(\\S+)\"/>\\s*<completion uri=\"(\\S+)\"/>",
                        "<saga propagation=\"MANDATORY\" compensation=\"$1\" completion=\"$2\">")
                .replaceAll(
                        "<saga propagation=\"MANDATORY\">\\s*<compensation uri=\"(\\S+)\"/>",
                        "<saga propagation=\"MANDATORY\" compensation=\"$1\">");
        assertThat(attributes).doesNotContain("<compensation", "<completion").contains("compensation=", "completion=");

        completesAndCompensates(Files.writeString(directory.resolve("order-saga.camel.xml"), attributes));
    }

    /** Not read in silence without its compensations. */
    @Test
    void refusesXmlWithElements() {
        assertThatThrownBy(() -> completesAndCompensates(FILES.resolve("order-saga.camel.xml")))
                .hasMessageContaining("compensation");
    }
}
