package dev.caravan.benchmark;

import java.lang.management.ManagementFactory;
import java.util.List;

/** What the figures depend on and the options do not say. */
final class Machine {

    private Machine() {}

    static String describe() {
        List<String> jvm = ManagementFactory.getRuntimeMXBean().getInputArguments();
        return "%s %s, %d processors, Java %s, heap of at most %d MB, %s"
                .formatted(
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.version(),
                        Runtime.getRuntime().maxMemory() >> 20,
                        jvm);
    }
}
