package dev.caravan.saga;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PrintableTest {

    /** What no terminal and no line of a log should get: from the Unicode tables, not from the class under test. */
    private static final int[][] ORDERS = {
        {0x0, 0x1F},
        {0x7F, 0x9F},
        {0x61C, 0x61C},
        {0x200B, 0x200F},
        {0x2028, 0x202E},
        {0x2066, 0x2069},
        {0xFEFF, 0xFEFF},
        {0xE0001, 0xE0001},
        {0xE0020, 0xE007F}
    };

    @Property
    void showsNothingThatIsAnOrder(@ForAll("texts") String text) {
        String shown = Printable.of(text);

        assertThat(shown.codePoints()).noneMatch(PrintableTest::isOrder);
        assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(shown)).isTrue();
    }

    private static boolean isOrder(int character) {
        return Arrays.stream(ORDERS).anyMatch(range -> character >= range[0] && character <= range[1])
                || character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    }

    @Property
    void changesNothingThatIsShownAlready(@ForAll("texts") String text) {
        String shown = Printable.of(text);

        assertThat(shown.length() > Printable.LONGEST ? shown : Printable.of(shown))
                .isEqualTo(shown);
    }

    @Property
    void losesNothingButOrders(@ForAll("texts") String text) {
        String visible = text.codePoints()
                .filter(character -> !isOrder(character) && Character.getType(character) != Character.FORMAT)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();

        assertThat(Printable.of(visible)).isEqualTo(visible);
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<Character> orders = Arbitraries.chars()
                .range((char) 0, (char) 0x1F)
                .range((char) 0x7F, (char) 0x9F)
                .range((char) 0x200B, (char) 0x202E)
                .range((char) 0x2066, (char) 0x2069)
                .range(Character.MIN_SURROGATE, Character.MAX_SURROGATE);
        return Arbitraries.oneOf(Arbitraries.chars().all(), Arbitraries.chars().ascii(), orders)
                .list()
                .ofMaxSize(60)
                .map(characters -> {
                    StringBuilder text = new StringBuilder();
                    characters.forEach(text::append);
                    return text.toString();
                });
    }

    @Example
    void writesOutWhatItDoesNotShow() {
        assertThat(Printable.of("a\u001b[2J\u0007\nb\u009b\u202e\ud800!\udb40\udc01"))
                .isEqualTo("a\\u001b[2J\\u0007\\u000ab\\u009b\\u202e\\ud800!\\u{e0001}");
        assertThat(Printable.of("Grüße, 漢字, \ud83d\ude00")).isEqualTo("Grüße, 漢字, \ud83d\ude00");
        assertThat(Printable.of(null)).isEqualTo("null");
    }

    @Example
    void showsAFailureWithItsTraceAndItsCauses() {
        Exception cause = new IllegalStateException("two\nlines");
        Throwable shown = Printable.failure(new IllegalArgumentException("\u001b[31m", cause));

        assertThat(shown).hasMessage("java.lang.IllegalArgumentException: \\u001b[31m");
        assertThat(shown.getStackTrace()[0].getMethodName()).isEqualTo("showsAFailureWithItsTraceAndItsCauses");
        assertThat(shown.getCause()).hasMessage("java.lang.IllegalStateException: two\\u000alines");
        assertThat(shown.getCause().getStackTrace()).isEqualTo(cause.getStackTrace());
    }

    @Example
    void cutsATextThatIsLongWithoutTearingACharacterApart() {
        assertThat(Printable.of("x".repeat(1_000_000))).isEqualTo("x".repeat(Printable.LONGEST) + "...");
        assertThat(Printable.of("x".repeat(Printable.LONGEST - 1) + "\ud83d\ude00"))
                .isEqualTo("x".repeat(Printable.LONGEST - 1) + "...");
    }
}
