package dev.caravan.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Stands between clients and a server on this machine, and can fall silent, in one direction or both: connections stay, and
 * nothing comes. It can be far away, too.
 */
public final class SilentHost implements AutoCloseable {

    /** Where bytes go. */
    public enum Way {
        TO_SERVER,
        TO_CLIENT
    }

    private final ServerSocket door;
    private final int server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    private final Set<Way> silent = EnumSet.noneOf(Way.class);
    private Duration distance = Duration.ZERO;
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
        fallSilent(EnumSet.allOf(Way.class));
    }

    /** Nothing passes from now on this way, or these. */
    public void fallSilent(Set<Way> ways) {
        synchronized (lock) {
            silent.addAll(ways);
        }
    }

    public void speak() {
        synchronized (lock) {
            silent.clear();
            lock.notifyAll();
        }
    }

    /** @param time that everything takes, each way */
    public void moveAway(Duration time) {
        synchronized (lock) {
            distance = time;
        }
    }

    /** Ends all connections; new ones are taken. */
    public void hangUp() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        open.clear();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                open.add(client);
                start(() -> connect(client));
            }
        } catch (IOException e) {
            if (!door.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void connect(Socket client) {
        try (client) {
            Socket there = new Socket(InetAddress.getLoopbackAddress(), server);
            open.add(there);
            start(() -> pass(there, client, Way.TO_CLIENT));
            pass(client, there, Way.TO_SERVER);
        } catch (IOException e) {
            // nobody is there, which the client sees
        }
    }

    private void pass(Socket from, Socket to, Way way) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[8192];
            int count = in.read(bytes);
            while (count >= 0 && arrives(way)) {
                out.write(bytes, 0, count);
                count = in.read(bytes);
            }
        } catch (IOException e) {
            // one side is gone, and so is the other one now
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean arrives(Way way) throws InterruptedException {
        synchronized (lock) {
            long there = System.nanoTime() + distance.toNanos();
            for (long left = distance.toNanos(); left > 0 && !closed; left = there - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            }
            while (silent.contains(way) && !closed) {
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
        hangUp();
    }
}
