package dev.caravan.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between a client and a server on this machine, and can fall silent: connections stay, and nothing comes. */
public final class SilentHost implements AutoCloseable {

    private final ServerSocket door;
    private final int server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    private boolean silent;
    private boolean closed;

    private SilentHost(ServerSocket door, int server) {
        this.door = door;
        this.server = server;
    }

    public static SilentHost before(int server) throws IOException {
        SilentHost host = new SilentHost(new ServerSocket(0, 0, InetAddress.getLoopbackAddress()), server);
        start(host::accept);
        return host;
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "silent-host");
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return door.getLocalPort();
    }

    /** Nothing passes from now on, in either direction; new connections are taken, and get no answer. */
    public void fallSilent() {
        set(true);
    }

    public void speak() {
        set(false);
    }

    private void set(boolean silent) {
        synchronized (lock) {
            this.silent = silent;
            lock.notifyAll();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                Socket there = new Socket(InetAddress.getLoopbackAddress(), server);
                open.addAll(List.of(client, there));
                start(() -> pass(client, there));
                start(() -> pass(there, client));
            }
        } catch (IOException e) {
            if (!door.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void pass(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[8192];
            int count = in.read(bytes);
            while (count >= 0 && awaitSpeech()) {
                out.write(bytes, 0, count);
                count = in.read(bytes);
            }
        } catch (IOException e) {
            // one side is gone, and so is the other one now
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaitSpeech() throws InterruptedException {
        synchronized (lock) {
            while (silent && !closed) {
                lock.wait();
            }
            return !closed;
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        door.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
