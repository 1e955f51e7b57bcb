package dev.caravan.saga.camel;

import dev.caravan.saga.StepKind;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.support.ExchangeHelper;
import org.jspecify.annotations.Nullable;

/** What steps are called: route {@code process-payment} is step PROCESS_PAYMENT. */
final class Steps {

    private static final Pattern OTHER = Pattern.compile("[^A-Z0-9]+");
    private static final Pattern CAMEL_HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    private static final Map<String, String> NAMES = new ConcurrentHashMap<>();

    private Steps() {}

    /** The name of the step that the exchange's current route is: after its id, or as its property says. */
    static String nameOfRoute(Exchange exchange) {
        Route route = ExchangeHelper.getRoute(exchange);
        if (route == null) {
            return name(exchange.getFromRouteId());
        }
        Object own = route.getProperties().get(SagaConstants.STEP_NAME);
        return name(own == null ? RouteVersions.nameOf(route) : own.toString());
    }

    /** The kind of the step that the exchange's current route is; {@code null}: COMPENSATABLE. */
    static @Nullable StepKind kindOfRoute(Exchange exchange) {
        Route route = ExchangeHelper.getRoute(exchange);
        Object kind = route == null ? null : route.getProperties().get(SagaConstants.STEP_KIND);
        return kind == null ? null : kind(kind.toString());
    }

    /** @throws IllegalArgumentException there is no such kind */
    static @Nullable StepKind kind(String name) {
        StepKind kind = StepKind.valueOf(name.strip().toUpperCase(Locale.ROOT));
        return kind == StepKind.COMPENSATABLE ? null : kind;
    }

    /** That of a route or a command, of which there are few. */
    static String name(String text) {
        return NAMES.computeIfAbsent(text == null ? "step" : text, Steps::toName);
    }

    private static String toName(String text) {
        String words = CAMEL_HUMP.matcher(text).replaceAll("_");
        String name = OTHER.matcher(latin(words).toUpperCase(Locale.ROOT)).replaceAll("_");
        return name.length() <= 100 ? name : name.substring(0, 100);
    }

    /** Accents are left out ({@code GROSSE}); letters and digits of other scripts are told by their numbers. */
    private static String latin(String text) {
        if (text.chars().allMatch(character -> character < 128)) {
            return text;
        }
        StringBuilder latin = new StringBuilder();
        text.codePoints().forEach(character -> {
            if (character < 128 || !Character.isLetterOrDigit(character)) {
                latin.appendCodePoint(character < 128 ? character : '_');
            } else if (Character.UnicodeScript.of(character) == Character.UnicodeScript.LATIN) {
                String plain = Normalizer.normalize(Character.toString(character), Normalizer.Form.NFD)
                        .replaceAll("\\p{M}", "")
                        .toUpperCase(Locale.ROOT);
                latin.append(plain.chars().allMatch(letter -> letter < 128) ? plain : number(character));
            } else {
                latin.append(number(character));
            }
        });
        return latin.toString();
    }

    private static String number(int character) {
        return "U%04X".formatted(character);
    }
}
