package dev.caravan.coordinator;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

/** HTTP/1.1 over kept connections, at next to no cost: what a measurement is not about. */
final class PlainHttp {

    private static final byte[] DONE =
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private PlainHttp() {}

    /**
     * @param start the first line
     * @param last whether the other side closes the connection after it
     */
    private record Message(String start, String body, boolean last) {

        static Message read(InputStream from) throws IOException {
            String start = line(from);
            int length = 0;
            boolean chunked = false;
            boolean last = false;
            for (String header = line(from); !header.isEmpty(); header = line(from)) {
                String lower = header.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Integer.parseInt(
                            header.substring(header.indexOf(':') + 1).trim());
                }
                chunked |= lower.startsWith("transfer-encoding:") && lower.endsWith("chunked");
                last |= lower.equals("connection: close");
            }
            return new Message(start, chunked ? chunks(from) : text(from, length), last);
        }

        private static String chunks(InputStream from) throws IOException {
            StringBuilder all = new StringBuilder();
            for (int length = Integer.parseInt(line(from), 16); length > 0; length = Integer.parseInt(line(from), 16)) {
                all.append(text(from, length));
                line(from);
            }
            line(from);
            return all.toString();
        }

        private static String text(InputStream from, int length) throws IOException {
            return new String(from.readNBytes(length), StandardCharsets.UTF_8);
        }

        private static String line(InputStream from) throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = from.read(); next != '\n'; next = from.read()) {
                if (next < 0) {
                    throw new SocketException("The other side has closed the connection");
                }
                if (next != '\r') {
                    line.append((char) next);
                }
            }
            return line.toString();
        }
    }

    /** One connection of a client, and the next one when the server has had enough of it. */
    static final class Client implements AutoCloseable {

        private final int port;
        private Socket socket;
        private InputStream answers;

        Client(int port) throws IOException {
            this.port = port;
            connect();
        }

        private void connect() throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            answers = new BufferedInputStream(socket.getInputStream());
        }

        /** @return the body */
        String send(String method, String path, String link, int expected) throws IOException {
            String request = "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 0\r\n%s\r\n"
                    .formatted(method, path, port, link == null ? "" : "Link: " + link + "\r\n");
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            Message answer = Message.read(answers);
            if (answer.last()) {
                socket.close();
                connect();
            }
            if (!answer.start().contains(" " + expected)) {
                throw new IllegalStateException(method + " " + path + ": " + answer);
            }
            return answer.body();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Answers each request with 200, and counts them. */
    static final class Server implements AutoCloseable {

        private final ServerSocket socket = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final LongAdder requests = new LongAdder();

        Server() throws IOException {
            threads.execute(this::accept);
        }

        int port() {
            return socket.getLocalPort();
        }

        long requests() {
            return requests.sum();
        }

        private void accept() {
            while (!socket.isClosed()) {
                try {
                    Socket client = socket.accept();
                    threads.execute(() -> serve(client));
                } catch (SocketException e) {
                    return; // closed
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        private void serve(Socket client) {
            try (client) {
                client.setTcpNoDelay(true);
                InputStream from = new BufferedInputStream(client.getInputStream());
                while (true) {
                    Message.read(from);
                    requests.increment();
                    client.getOutputStream().write(DONE);
                }
            } catch (SocketException e) {
                // the coordinator has closed the connection
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
            threads.shutdownNow();
        }
    }
}
