package dev.caravan.payment;

import java.util.Optional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Takes payments and returns them. Nothing here runs in one transaction, on purpose: each state is committed before
 * the gateway is asked, so that after a crash it is known that the gateway may have acted, and no connection is held
 * while the gateway takes its time. Both methods may be called again after any failure.
 */
public class Payments {

    private final PaymentRepository payments;
    private final PaymentGateway gateway;

    Payments(PaymentRepository payments, PaymentGateway gateway) {
        this.payments = payments;
        this.gateway = gateway;
    }

    /**
     * Takes the payment of an order.
     *
     * @param idempotencyKey for the gateway, the same whenever this payment is asked for: it charges each key at most
     *     once
     * @throws CardDeclinedException nothing is taken
     * @throws PaymentCancelledException it was refunded before; nothing is taken
     * @throws GatewayUnavailableException may be called again
     * @throws GatewayTimeoutException money may have been taken; {@link #refund} finds out
     * @throws IllegalStateException the caller is in a transaction
     */
    public PaymentResult process(ProcessPayment command, String idempotencyKey) {
        if (idempotencyKey == null || idempotencyKey.isBlank()) {
            throw new IllegalArgumentException(
                    "The payment of order " + command.orderId() + " needs an idempotency key; nothing is taken");
        }
        refuseTransaction(command.orderId());
        Payment payment = payments.begin(command, idempotencyKey);
        return switch (payment.status()) {
            case PROCESSING -> charge(payment, command);
            case COMPLETED -> PaymentResult.completed(payment);
            case DECLINED -> throw declined(payment, "the gateway refused it before");
            case REFUNDED, CANCELLED -> throw cancelled(payment);
        };
    }

    /** {@code NOT_SUPPORTED} would keep the first connection until the gateway has answered. */
    private static void refuseTransaction(String orderId) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("The payment of order " + orderId
                    + " is not touched inside a transaction, which could forget what the gateway did; call it outside");
        }
    }

    private PaymentResult charge(Payment payment, ProcessPayment command) {
        try {
            String token = command.cardToken() == null ? gateway.tokenOf(command.card()) : command.cardToken();
            String reference = gateway.charge(new Charge(payment.idempotencyKey(), payment.money(), token));
            if (!payments.complete(payment.orderId(), reference)) {
                return alreadyEnded(payment);
            }
            return PaymentResult.completed(payment);
        } catch (CardDeclinedException e) {
            payments.decline(payment.orderId());
            throw declined(payment, e.getMessage());
        } catch (ChargeBarredException e) {
            throw cancelled(payment);
        }
    }

    /** Another thread has ended the payment during the charge: its twin, or a refund, which returns this charge. */
    private PaymentResult alreadyEnded(Payment payment) {
        Payment ended = payments.findByOrder(payment.orderId()).orElseThrow();
        if (ended.status() == PaymentStatus.COMPLETED) {
            return PaymentResult.completed(ended);
        }
        throw cancelled(ended);
    }

    private static CardDeclinedException declined(Payment payment, String reason) {
        return new CardDeclinedException("The card ending in " + payment.cardLast4() + " is declined for order "
                + payment.orderId() + ": " + reason);
    }

    private static PaymentCancelledException cancelled(Payment payment) {
        return new PaymentCancelledException(
                "The payment of order " + payment.orderId() + " was called off; no money is kept. Place a new order");
    }

    /**
     * Returns the payment of an order, whether it was taken, is not known to have been taken, or never was. Afterwards
     * the gateway refuses a charge for the order that is still on its way.
     *
     * @throws GatewayUnavailableException may be called again
     * @throws GatewayTimeoutException may be called again
     * @throws IllegalStateException the caller is in a transaction
     */
    public RefundResult refund(RefundPayment command) {
        refuseTransaction(command.orderId());
        Optional<Payment> found = payments.findByOrder(command.orderId());
        if (found.isEmpty()) {
            return new RefundResult(command.orderId(), null, PaymentStatus.REFUNDED);
        }
        Payment payment = found.get();
        return switch (payment.status()) {
            case PROCESSING, COMPLETED -> refund(payment);
            case DECLINED, REFUNDED, CANCELLED -> result(payment, payment.status());
        };
    }

    private RefundResult refund(Payment payment) {
        PaymentGateway.Refund refund = gateway.refund(payment.idempotencyKey());
        PaymentStatus status =
                refund == PaymentGateway.Refund.REFUNDED ? PaymentStatus.REFUNDED : withoutCharge(payment);
        if (payments.move(payment.orderId(), payment.status(), status)) {
            return result(payment, status);
        }
        return refund(new RefundPayment(payment.orderId(), payment.paymentId()));
    }

    private static PaymentStatus withoutCharge(Payment payment) {
        if (payment.status() == PaymentStatus.COMPLETED) {
            throw new IllegalStateException("The gateway knows no charge " + payment.idempotencyKey() + ", but payment "
                    + payment.paymentId() + " is COMPLETED; settle it with the gateway by hand");
        }
        return PaymentStatus.CANCELLED;
    }

    private static RefundResult result(Payment payment, PaymentStatus status) {
        return new RefundResult(payment.orderId(), payment.paymentId(), status);
    }
}
