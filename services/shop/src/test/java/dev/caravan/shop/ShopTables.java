package dev.caravan.shop;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Everything that is in the tables of the four services, their inboxes and the books of the gateway. */
final class ShopTables {

    private static final String TABLES = """
            select table_schema || '.' || table_name from information_schema.tables
            where lower(table_schema) in ('orders', 'payments', 'inventory', 'shipping')
            """;

    private ShopTables() {}

    /** The rows by table, with all their columns. */
    static Map<String, List<String>> contents(DataSource database) {
        JdbcClient jdbc = JdbcClient.create(database);
        Map<String, List<String>> contents = new TreeMap<>();
        for (String table : jdbc.sql(TABLES).query(String.class).list()) {
            contents.put(
                    table,
                    jdbc.sql("select * from " + table).query().listOfRows().stream()
                            .map(Object::toString)
                            .sorted()
                            .toList());
        }
        return contents;
    }
}
