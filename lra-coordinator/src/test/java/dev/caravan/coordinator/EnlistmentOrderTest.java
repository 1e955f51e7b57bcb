package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.arjuna.ats.arjuna.common.Uid;
import com.arjuna.ats.arjuna.coordinator.AbstractRecord;
import com.arjuna.ats.arjuna.coordinator.RecordList;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnlistmentOrderTest {

    private static final String EARLY_PROCESS = "0:ffff7f000001:9a07:6b02d075:";
    private static final String LATER_PROCESS = "0:ffff7f000001:1a07:6b02d0ff:";

    @Test
    void putsTheLastEnlistedFirst() {
        assertThat(restored(EARLY_PROCESS + "9", EARLY_PROCESS + "10", EARLY_PROCESS + "a"))
                .containsExactly(EARLY_PROCESS + "10", EARLY_PROCESS + "a", EARLY_PROCESS + "9");
    }

    @Test
    void putsWhatALaterProcessEnlistedBeforeAllThatAnEarlierOneDid() {
        assertThat(restored(EARLY_PROCESS + "ff", LATER_PROCESS + "1", EARLY_PROCESS + "1"))
                .containsExactly(LATER_PROCESS + "1", EARLY_PROCESS + "ff", EARLY_PROCESS + "1");
    }

    @Test
    void changesNothingWhenAppliedAgain() {
        String[] order = {LATER_PROCESS + "2", LATER_PROCESS + "1", EARLY_PROCESS + "1"};

        assertThat(restored(order)).containsExactly(order);
    }

    @Test
    void takesAListThatWasNeverMade() {
        assertThatCode(() -> EnlistmentOrder.restore(null)).doesNotThrowAnyException();
    }

    private static List<String> restored(String... ids) {
        RecordList list = new RecordList();
        for (String id : ids) {
            list.putRear(new Participant(new Uid(id)));
        }
        EnlistmentOrder.restore(list);
        List<String> order = new ArrayList<>();
        for (AbstractRecord first = list.getFront(); first != null; first = list.getFront()) {
            order.add(first.order().stringForm());
        }
        return order;
    }
}
