package dev.caravan.shop;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tables of the four services, read behind their backs. They may be in one database or in four. */
public final class ShopDatabase {

    private final JdbcClient orders;
    private final JdbcClient payments;
    private final JdbcClient inventory;
    private final JdbcClient shipping;

    public ShopDatabase(DataSource orders, DataSource payments, DataSource inventory, DataSource shipping) {
        this.orders = JdbcClient.create(orders);
        this.payments = JdbcClient.create(payments);
        this.inventory = JdbcClient.create(inventory);
        this.shipping = JdbcClient.create(shipping);
    }

    public static ShopDatabase of(DataSource one) {
        return new ShopDatabase(one, one, one, one);
    }

    /** What the four sides say of an order: the status of its row, {@code -} where there is none. */
    public record Sides(String order, String payment, String reservation, String shipment) {}

    public Sides of(String orderId) {
        return new Sides(
                status(orders, "orders.orders", orderId),
                status(payments, "payments.payments", orderId),
                status(inventory, "inventory.reservations", orderId),
                status(shipping, "shipping.shipments", orderId));
    }

    private static String status(JdbcClient jdbc, String table, String orderId) {
        List<String> found = jdbc.sql("select distinct status from " + table + " where order_id = ?")
                .param(orderId)
                .query(String.class)
                .list();
        return found.isEmpty() ? "-" : String.join("+", found);
    }

    /** What the four inboxes say of a saga: the state of each step. */
    public Map<String, String> inboxes(String sagaId) {
        Map<String, String> states = new TreeMap<>();
        collect(states, orders, "orders", sagaId);
        collect(states, payments, "payments", sagaId);
        collect(states, inventory, "inventory", sagaId);
        collect(states, shipping, "shipping", sagaId);
        return states;
    }

    private static void collect(Map<String, String> states, JdbcClient jdbc, String schema, String sagaId) {
        jdbc.sql("select step, state from " + schema + ".saga_inbox where saga_id = ?")
                .param(sagaId)
                .query((row, number) -> Map.entry(row.getString(1), row.getString(2)))
                .list()
                .forEach(entry -> states.put(entry.getKey(), entry.getValue()));
    }

    public int gatewayAttempts(String orderId) {
        return payments.sql("""
                        select attempts from payments.sandbox_charges where idempotency_key =
                        (select idempotency_key from payments.payments where order_id = ?)
                        """).param(orderId).query(Integer.class).single();
    }

    public BigDecimal moneyOfConfirmedOrders() {
        return sum(orders, "select coalesce(sum(total), 0) from orders.orders where status = 'CONFIRMED'");
    }

    /** What was paid and not given back. */
    public BigDecimal moneyTaken() {
        return sum(payments, "select coalesce(sum(amount), 0) from payments.payments where status = 'COMPLETED'");
    }

    /** The same in the books of the gateway. */
    public BigDecimal moneyCharged() {
        return sum(payments, "select coalesce(sum(amount), 0) from payments.sandbox_charges where status = 'CHARGED'");
    }

    private static BigDecimal sum(JdbcClient jdbc, String sql) {
        return jdbc.sql(sql).query(BigDecimal.class).single();
    }

    public Map<String, Long> itemsOfConfirmedOrders() {
        return counts(orders, """
                select product_id, sum(quantity) from orders.order_items
                where order_id in (select order_id from orders.orders where status = 'CONFIRMED') group by product_id
                """);
    }

    public Map<String, Long> itemsSold() {
        return counts(inventory, """
                select product_id, sum(quantity) from inventory.reservations where status = 'CONFIRMED' group by product_id
                """);
    }

    public Map<String, Long> itemsShipped() {
        return counts(shipping, """
                select product_id, sum(quantity) from shipping.shipment_items
                where shipment_id in (select shipment_id from shipping.shipments where status = 'PREPARED')
                group by product_id
                """);
    }

    /** How much is missing from what was in stock at first. */
    public Map<String, Long> itemsTaken(Map<String, Long> atFirst) {
        Map<String, Long> taken = counts(inventory, "select product_id, available + reserved from inventory.stock");
        taken.replaceAll((product, left) -> atFirst.get(product) - left);
        taken.values().removeIf(count -> count == 0);
        return taken;
    }

    private static Map<String, Long> counts(JdbcClient jdbc, String sql) {
        Map<String, Long> counts = new TreeMap<>();
        jdbc.sql(sql)
                .query((row, number) -> Map.entry(row.getString(1), row.getLong(2)))
                .list()
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
        return counts;
    }

    /** Rows of any service that say that something is not finished. */
    public List<String> unfinished() {
        List<String> rows = new java.util.ArrayList<>();
        rows.addAll(list(orders, "select 'order ' || order_id from orders.orders where status = 'PENDING'"));
        rows.addAll(
                list(payments, "select 'payment of ' || order_id from payments.payments where status = 'PROCESSING'"));
        rows.addAll(list(
                inventory,
                "select 'reservation of ' || order_id from inventory.reservations where status = 'RESERVED'"));
        rows.addAll(list(inventory, "select 'reserved ' || product_id from inventory.stock where reserved <> 0"));
        rows.addAll(atWork(orders, "orders"));
        rows.addAll(atWork(payments, "payments"));
        rows.addAll(atWork(inventory, "inventory"));
        rows.addAll(atWork(shipping, "shipping"));
        return rows;
    }

    private static List<String> atWork(JdbcClient jdbc, String schema) {
        return list(
                jdbc,
                "select saga_id || ' ' || step from " + schema
                        + ".saga_inbox where state in ('STARTED', 'COMPENSATING')");
    }

    private static List<String> list(JdbcClient jdbc, String sql) {
        return jdbc.sql(sql).query(String.class).list();
    }
}
