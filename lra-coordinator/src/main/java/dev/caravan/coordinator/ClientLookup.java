package dev.caravan.coordinator;

import jakarta.servlet.ServletException;
import jakarta.ws.rs.client.ClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * Remembers where the maker of HTTP clients is declared, which is {@link ParticipantClientBuilder}. Narayana asks Jakarta
 * REST for a client before each callback, and that has the class loader of the thread look for the declaration in all jars:
 * a quarter of what the coordinator does. Everything else is loaded as ever.
 */
final class ClientLookup extends ClassLoader implements CoordinatorFilter {

    static final String DECLARATION = "META-INF/services/" + ClientBuilder.class.getName();

    private final List<URL> declared;

    ClientLookup(ClassLoader parent) {
        super(parent);
        try {
            declared = Collections.list(parent.getResources(DECLARATION));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return name.equals(DECLARATION) ? Collections.enumeration(declared) : super.getResources(name);
    }

    @Override
    public void filter(CoordinatorRequest request, Next next) throws IOException, ServletException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(this);
        try {
            next.proceed();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
