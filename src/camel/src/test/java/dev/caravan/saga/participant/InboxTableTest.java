package dev.caravan.saga.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InboxTableTest {

    @Test
    void isInTheSchemaThatIsNamed() {
        assertThat(new InboxTable("payments")).hasToString("payments.saga_inbox");
    }

    @Test
    void isInTheCurrentSchemaWhenNoneIsNamed() {
        assertThat(new InboxTable(null)).hasToString("saga_inbox");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1st", "a.b", "payments; DROP TABLE orders", "\"payments\""})
    void refusesWhatIsNotAPlainName(String schema) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new InboxTable(schema))
                .withMessageContaining("Not a schema for the inbox: '" + schema + "'");
    }
}
