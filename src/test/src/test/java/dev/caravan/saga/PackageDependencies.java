package dev.caravan.saga;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which package of the library knows which others, by their last names. */
final class PackageDependencies {

    private static final String WORDS = "dev.caravan.saga";

    private PackageDependencies() {}

    static Map<String, Set<String>> of(JavaClasses classes) {
        Map<String, Set<String>> known = new TreeMap<>();
        for (JavaClass one : classes) {
            Set<String> others = known.computeIfAbsent(name(one), name -> new TreeSet<>());
            one.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(other -> other.getPackageName().startsWith(WORDS))
                    .map(PackageDependencies::name)
                    .filter(other -> !other.equals(name(one)))
                    .forEach(others::add);
        }
        return known;
    }

    private static String name(JavaClass one) {
        return one.getPackageName().equals(WORDS)
                ? "saga"
                : one.getPackageName().substring(WORDS.length() + 1).replaceAll("\\..*", "");
    }
}
