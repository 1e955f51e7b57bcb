package dev.caravan.payment;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A gateway that keeps its books in memory, and does what it is told before and after each charge. */
class FakeGateway implements PaymentGateway {

    private final Map<String, Refund> refunds = new HashMap<>();
    private final Map<String, Money> charged = new HashMap<>();
    private final Deque<Runnable> before = new ArrayDeque<>();
    private final Deque<Runnable> after = new ArrayDeque<>();
    final List<Charge> charges = new ArrayList<>();

    FakeGateway beforeTheNextCharge(Runnable event) {
        before.add(event);
        return this;
    }

    FakeGateway afterTheNextCharge(Runnable event) {
        after.add(event);
        return this;
    }

    void forgetEverything() {
        refunds.clear();
        charged.clear();
        before.clear();
        after.clear();
        charges.clear();
    }

    Money held(String key) {
        return refunds.containsKey(key) ? null : charged.get(key);
    }

    @Override
    public String tokenOf(String card) {
        return "token-of-the-card-that-ends-in-" + card.substring(card.length() - 4);
    }

    @Override
    public String charge(Charge charge) {
        charges.add(charge);
        if (!before.isEmpty()) {
            before.poll().run();
        }
        if (refunds.containsKey(charge.idempotencyKey())) {
            throw new ChargeBarredException("barred");
        }
        charged.put(charge.idempotencyKey(), charge.money());
        if (!after.isEmpty()) {
            after.poll().run();
        }
        return "charge-of-" + charge.idempotencyKey();
    }

    @Override
    public Refund refund(String key) {
        return refunds.computeIfAbsent(key, k -> charged.containsKey(k) ? Refund.REFUNDED : Refund.NOTHING_CHARGED);
    }
}
