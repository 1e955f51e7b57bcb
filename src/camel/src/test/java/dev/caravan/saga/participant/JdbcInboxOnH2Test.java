package dev.caravan.saga.participant;

import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

class JdbcInboxOnH2Test extends JdbcInboxContract {

    @Override
    DataSource database() {
        return h2("jdbc:h2:mem:inbox;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000");
    }

    static DataSource h2(String url) {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL(url);
        return database;
    }

    @Override
    String useSchema(String schema) {
        return "SET SCHEMA " + schema;
    }

    @Override
    String lockTimeout(long milliseconds) {
        return "SET LOCK_TIMEOUT " + milliseconds;
    }
}
