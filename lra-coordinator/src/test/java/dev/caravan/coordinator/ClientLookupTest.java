package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.ws.rs.client.ClientBuilder;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientLookupTest {

    private final List<String> searches = new ArrayList<>();
    private final ClientLookup lookup =
            new ClientLookup(new ClassLoader(getClass().getClassLoader()) {
                @Override
                public Enumeration<URL> getResources(String name) throws IOException {
                    searches.add(name);
                    return super.getResources(name);
                }
            });

    @Test
    void findsTheClientOfTheCoordinatorAndSearchesOnce() throws Exception {
        for (int callback = 0; callback < 3; callback++) {
            lookup.filter(
                    null, () -> assertThat(ClientBuilder.newBuilder()).isInstanceOf(ParticipantClientBuilder.class));
        }

        assertThat(searches).containsExactly(ClientLookup.DECLARATION);
    }

    @Test
    void searchesForAnythingElseAsEver() throws Exception {
        lookup.getResources("META-INF/MANIFEST.MF");

        assertThat(searches).containsExactly(ClientLookup.DECLARATION, "META-INF/MANIFEST.MF");
    }

    @Test
    void leavesTheThreadAsItWas() {
        ClassLoader before = Thread.currentThread().getContextClassLoader();

        assertThatThrownBy(() -> lookup.filter(null, () -> {
                    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(lookup);
                    throw new IOException("the answer could not be written");
                }))
                .isInstanceOf(IOException.class);
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }
}
