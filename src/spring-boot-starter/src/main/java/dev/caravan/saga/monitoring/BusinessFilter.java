package dev.caravan.saga.monitoring;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the business calls the sagas that are wanted: their key, the version of their route, and their attributes. Numbers are
 * compared as numbers, all else as text; a saga without the attribute is none of those wanted.
 *
 * @param key {@code null}: any
 * @param version {@code null}: any; {@code -}: none
 */
public record BusinessFilter(@Nullable String key, @Nullable String version, List<Condition> conditions) {

    /** Whatever it calls them. */
    public static final BusinessFilter ANY = new BusinessFilter(null, null, List.of());

    private static final String KEY = "key";
    private static final String VERSION = "version";
    private static final String NONE = "-";
    private static final String PREFIX = "attribute.";

    /** How an attribute is compared. */
    enum Comparison {
        EQ,
        GT,
        GTE,
        LT,
        LTE;

        boolean holds(int compared) {
            return switch (this) {
                case EQ -> compared == 0;
                case GT -> compared > 0;
                case GTE -> compared >= 0;
                case LT -> compared < 0;
                case LTE -> compared <= 0;
            };
        }
    }

    /**
     * One attribute, and what it is compared with.
     *
     * @param asNumber {@code null}: the value is none
     */
    record Condition(
            String name,
            Comparison comparison,
            String value,
            @Nullable BigDecimal asNumber) {

        Condition(String name, Comparison comparison, String value) {
            this(name, comparison, value, number(value));
        }

        boolean matches(Map<String, Object> attributes) {
            Object known = attributes.get(name);
            if (known instanceof Number number) {
                return asNumber != null
                        && comparison.holds(SortableDecimal.exact(number).compareTo(asNumber));
            }
            return known != null && comparison.holds(known.toString().compareTo(value));
        }
    }

    /**
     * Of the parameters of a request: {@code key}; {@code version}; {@code attribute.<name>}, or {@code attribute.<name>.gt}, {@code .gte}, {@code .lt} or
     * {@code .lte}. Others are left alone.
     *
     * @throws IllegalArgumentException there is no such comparison
     */
    public static BusinessFilter of(Map<String, List<String>> parameters) {
        return new BusinessFilter(
                first(parameters, KEY),
                first(parameters, VERSION),
                parameters.entrySet().stream()
                        .filter(parameter -> parameter.getKey().startsWith(PREFIX))
                        .flatMap(parameter -> parameter.getValue().stream().map(value -> of(parameter.getKey(), value)))
                        .toList());
    }

    private static @Nullable String first(Map<String, List<String>> parameters, String name) {
        return parameters.getOrDefault(name, List.of()).stream()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse(null);
    }

    /** Whether a parameter of this name says something of it. */
    public static boolean has(String parameter) {
        return parameter.equals(KEY) || parameter.equals(VERSION) || parameter.startsWith(PREFIX);
    }

    private static Condition of(String parameter, String value) {
        String[] parts = parameter.substring(PREFIX.length()).split("\\.", 2);
        return new Condition(
                parts[0], parts.length == 1 ? Comparison.EQ : comparison(parameter, parts[1]), value.strip());
    }

    private static Comparison comparison(String parameter, String text) {
        return Arrays.stream(Comparison.values())
                .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s is no comparison; behind the name of an attribute there is gt, gte, lt or lte"
                                .formatted(parameter)));
    }

    private static @Nullable BigDecimal number(String text) {
        try {
            return text.length() > 40 ? null : new BigDecimal(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    boolean matches(SagaSummary saga) {
        return (key == null || key.equals(saga.key()))
                && (version == null || version.equals(Objects.requireNonNullElse(saga.version(), NONE)))
                && matches(saga.attributes());
    }

    private boolean matches(Map<String, Object> attributes) {
        for (Condition condition : conditions) {
            if (!condition.matches(attributes)) {
                return false;
            }
        }
        return true;
    }
}
