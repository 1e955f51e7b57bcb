package dev.caravan.coordinator;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Writes answers that do not come from Narayana. */
final class Answers {

    private Answers() {}

    static void text(HttpServletResponse response, int code, String body) throws IOException {
        write(response, code, "text/plain", body);
    }

    static void json(HttpServletResponse response, int code, String body) throws IOException {
        write(response, code, "application/json", body);
    }

    private static void write(HttpServletResponse response, int code, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        response.setStatus(code);
        response.setContentType(type);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
