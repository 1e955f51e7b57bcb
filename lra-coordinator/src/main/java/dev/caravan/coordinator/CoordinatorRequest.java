package dev.caravan.coordinator;

import java.io.IOException;

/** A request to the coordinator and the place of its answer, whichever way it came. */
interface CoordinatorRequest {

    String method();

    /** Without the query. */
    String url();

    /** {@code null}: there is none. */
    String header(String name);

    /** One of the query; {@code null}: there is none. */
    String parameter(String name);

    boolean hasBody();

    /**
     * As text; empty: there is none.
     *
     * @throws IllegalArgumentException it is larger than any that the protocol has
     */
    String body() throws IOException;

    /** Of the answer. */
    void setHeader(String name, String value);

    /** Answers it; nobody behind is asked. */
    void answer(int status, String contentType, String body) throws IOException;

    default void answer(int status, String text) throws IOException {
        answer(status, "text/plain", text);
    }
}
