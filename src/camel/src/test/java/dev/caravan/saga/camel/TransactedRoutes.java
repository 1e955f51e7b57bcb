package dev.caravan.saga.camel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** A saga in a transaction, with steps in SQL: header {@code fails} makes the last one fail. */
public final class TransactedRoutes extends RouteBuilder {

    private final DriverManagerDataSource database =
            new DriverManagerDataSource("jdbc:h2:mem:" + System.identityHashCode(this) + ";DB_CLOSE_DELAY=-1");
    private final JdbcTemplate sql = new JdbcTemplate(database);
    private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    private final List<Boolean> undone = Collections.synchronizedList(new ArrayList<>());

    public TransactedRoutes() {
        sql.execute("create table orders (id varchar(10) primary key)");
    }

    @Override
    public void configure() {
        getContext().getRegistry().bind("transactionManager", new DataSourceTransactionManager(database));
        from("direct:transacted")
                .routeId("transacted")
                .transacted()
                .saga()
                .process(exchange -> note())
                .to("direct:store")
                .process(exchange -> note())
                .filter(header("fails"))
                .throwException(new IllegalStateException("no"));
        from("direct:store")
                .routeId("store")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .compensation("direct:remove")
                .process(exchange -> {
                    note();
                    sql.update("insert into orders values ('o1')");
                });
        from("direct:remove").routeId("remove").process(exchange -> {
            sql.execute("set lock_timeout 100");
            undone.add(sql.update("delete from orders where id = 'o1'") == 0);
        });
    }

    private void note() {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("The step is outside of the transaction");
        }
        threads.add(Thread.currentThread());
    }

    /** Every thread on which a part of the saga's route ran. */
    public List<Thread> threads() {
        return List.copyOf(threads);
    }

    /** What each compensation found: true for nothing to remove. */
    public List<Boolean> undone() {
        return List.copyOf(undone);
    }

    public int orders() {
        return sql.queryForObject("select count(*) from orders", Integer.class);
    }
}
