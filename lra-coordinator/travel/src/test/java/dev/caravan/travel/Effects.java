package dev.caravan.travel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** What several processes have done for orders: lines of a file, and rows of a table. */
final class Effects {

    private final Path file;
    private final JdbcTemplate table;

    /**
     * One of an order.
     *
     * @param kind {@code done} or {@code undone}
     * @param rest what nobody can tell beforehand
     */
    record Effect(String kind, String what, String order, String rest) {

        private static Effect of(String line) {
            String[] words = line.split(" ", 4);
            return new Effect(words[0], words[1], words[2], words.length > 3 ? words[3] : "");
        }
    }

    /** The table is made if it is not there. */
    Effects(Path file, DataSource database) throws IOException {
        this.file = Files.createFile(file);
        this.table = new JdbcTemplate(database);
        table.execute("create table effects (line varchar(200) not null)");
    }

    /** Also while other processes add to it. */
    static void add(Path file, String line) {
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code calm-7} and {@code killed-7} are the same order, 7. */
    static int number(String order) {
        return Integer.parseInt(order.substring(order.indexOf('-') + 1));
    }

    private List<Effect> all() throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return Stream.concat(lines, table.queryForList("select line from effects", String.class).stream())
                    .map(Effect::of)
                    .toList();
        }
    }

    /** Of orders whose id begins so. */
    long count(String prefix) throws IOException {
        return all().stream()
                .filter(effect -> effect.order().startsWith(prefix))
                .count();
    }

    Map<String, List<Effect>> byOrder() throws IOException {
        return all().stream().collect(Collectors.groupingBy(Effect::order));
    }

    /** What was done, each time; or undone, however often. */
    static List<String> whats(List<Effect> effects, String kind) {
        Stream<String> whats = effects.stream()
                .filter(effect -> effect.kind().equals(kind))
                .map(Effect::what)
                .sorted();
        return (kind.equals("done") ? whats : whats.distinct()).toList();
    }

    /** What the points know of what was done before is what was done. */
    static boolean agree(List<Effect> effects) {
        return effects.stream()
                .filter(effect ->
                        effect.what().equals("points") && effect.kind().equals("done"))
                .allMatch(points -> points.rest().equals(rest(effects, "payment") + " " + rest(effects, "parcel")));
    }

    private static String rest(List<Effect> effects, String what) {
        return effects.stream()
                .filter(effect -> effect.what().equals(what) && effect.kind().equals("done"))
                .map(Effect::rest)
                .findFirst()
                .orElse("none");
    }
}
