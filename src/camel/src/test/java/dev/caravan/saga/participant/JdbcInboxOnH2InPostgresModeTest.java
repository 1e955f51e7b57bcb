package dev.caravan.saga.participant;

import javax.sql.DataSource;

class JdbcInboxOnH2InPostgresModeTest extends JdbcInboxOnH2Test {

    @Override
    DataSource database() {
        return h2("jdbc:h2:mem:inbox-postgres;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
                + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000");
    }
}
