package dev.caravan.benchmark;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;

/**
 * What this process has used since it began.
 *
 * @param cpuNanos of all threads, the garbage collector included
 * @param allocatedBytes of the threads that live
 */
record Usage(long cpuNanos, long allocatedBytes) {

    static Usage now() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
        return new Usage(system.getProcessCpuTime(), allocated);
    }

    Usage plus(Duration cpuElsewhere) {
        return new Usage(cpuNanos + cpuElsewhere.toNanos(), allocatedBytes);
    }

    Usage since(Usage before) {
        return new Usage(cpuNanos - before.cpuNanos, allocatedBytes - before.allocatedBytes);
    }
}
