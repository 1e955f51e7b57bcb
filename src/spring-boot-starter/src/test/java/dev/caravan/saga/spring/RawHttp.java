package dev.caravan.saga.spring;

import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends what no well-behaved client would. */
final class RawHttp {

    private RawHttp() {}

    /** @return the whole answer */
    static String send(int port, String request, String body, String... headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) HangLimit.TIME.toMillis());
            StringBuilder text = new StringBuilder(request).append(" HTTP/1.1\r\nConnection: close\r\n");
            boolean named = false;
            for (String header : headers) {
                text.append(header).append("\r\n");
                named |= header.startsWith("Host:");
            }
            if (!named) {
                text.append("Host: localhost:").append(port).append("\r\n");
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            text.append("Content-Length: ")
                    .append(bytes.length)
                    .append("\r\n\r\n")
                    .append(body);
            socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static int status(String answer) {
        return Integer.parseInt(answer.substring(9, 12));
    }
}
