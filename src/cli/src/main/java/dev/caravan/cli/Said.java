package dev.caravan.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** What is said of a saga: whether it needs a person, what goes wrong or is waited for, and why it is undone. */
final class Said {

    private Said() {}

    static String of(JsonNode saga) {
        return Texts.joined(
                "; ",
                attention(Texts.of(saga, "attention")),
                Texts.of(saga, "trouble"),
                awaits(saga),
                Texts.joined(": ", Texts.of(saga, "code"), Texts.of(saga, "reason")));
    }

    /** @return empty for a saga, or a step, that waits for nothing */
    static String awaits(JsonNode waits) {
        String what = Texts.of(waits, "awaits");
        return what.isEmpty() ? "" : "waits for %s until %s".formatted(what, Texts.of(waits, "deadline"));
    }

    /** @return empty for a step without corrected data that waits */
    static String correction(JsonNode step) {
        JsonNode waits = step.path("correction");
        return waits.isMissingNode()
                ? ""
                : "correction %s of %s waits to be confirmed: %s"
                        .formatted(Texts.of(waits, "number"), Texts.of(waits, "who"), Texts.of(waits, "reason"));
    }

    static String attention(String attention) {
        return switch (attention) {
            case "FAILED" -> "a person has to act";
            case "RETRYING" -> "goes wrong and is tried again";
            case "SILENT" -> "nothing has happened for long";
            default -> attention;
        };
    }
}
