package dev.caravan.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.caravan.saga.participant.StepRejectedException;
import java.math.BigDecimal;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** What holds on every database. */
@SpringBootTest(classes = {PaymentTestApplication.class, FakeGateway.class})
abstract class PaymentsContract {

    private static final String KEY = "payment-a";

    @Autowired
    Payments payments;

    @Autowired
    PaymentRepository repository;

    @Autowired
    FakeGateway gateway;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    DataSource dataSource;

    @BeforeEach
    void forgetEverything() {
        jdbc.sql("delete from payments.payments").update();
        gateway.forgetEverything();
    }

    @Test
    void takesThePaymentOfAnOrder() {
        PaymentResult result = payments.process(order());

        assertThat(result.status()).isEqualTo(PaymentStatus.COMPLETED);
        assertThat(result.amount()).isEqualTo(new BigDecimal("101.50"));
        assertThat(gateway.held(KEY)).isEqualTo(new Money(new BigDecimal("101.5"), "EUR"));
        Payment payment = repository.findByOrder("a").orElseThrow();
        assertThat(payment.paymentId()).isEqualTo(result.paymentId());
        assertThat(payment.cardLast4()).isEqualTo("4242");
        assertThat(payment.gatewayReference()).isEqualTo("charge-of-payment-a");
    }

    @Test
    void takesOnePaymentHoweverOftenItIsAsked() {
        assertThat(payments.process(order())).isEqualTo(payments.process(order()));
        assertThat(gateway.charges).hasSize(1);
    }

    @Test
    void commitsThatThePaymentBeginsBeforeTheGatewayIsAsked() {
        gateway.beforeTheNextCharge(() -> {
            assertThat(status()).isEqualTo(PaymentStatus.PROCESSING);
            throw new GatewayTimeoutException("no answer", null);
        });

        assertThatThrownBy(() -> payments.process(order())).isInstanceOf(GatewayTimeoutException.class);
        assertThat(status()).isEqualTo(PaymentStatus.PROCESSING);
    }

    @Test
    void holdsNoConnectionWhileTheGatewayIsAsked() {
        gateway.beforeTheNextCharge(() -> assertThat(connectionsInUse()).isZero());

        assertThat(payments.process(order()).status()).isEqualTo(PaymentStatus.COMPLETED);
    }

    private int connectionsInUse() {
        try {
            return dataSource
                    .unwrap(HikariDataSource.class)
                    .getHikariPoolMXBean()
                    .getActiveConnections();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void refusesToAskTheGatewayInsideATransaction() {
        assertThatThrownBy(() -> transaction.execute(status -> payments.process(order())))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> transaction.execute(status -> payments.refund(new RefundPayment("a", null))))
                .isInstanceOf(IllegalStateException.class);
        assertThat(gateway.charges).isEmpty();
    }

    @Test
    void goesOnWithTheSameKeyAfterItWasInterrupted() {
        gateway.afterTheNextCharge(() -> {
            throw new GatewayUnavailableException("reset", null);
        });
        assertThatThrownBy(() -> payments.process(order())).isInstanceOf(GatewayUnavailableException.class);

        assertThat(payments.process(order()).status()).isEqualTo(PaymentStatus.COMPLETED);
        assertThat(gateway.charges).extracting(Charge::idempotencyKey).containsExactly(KEY, KEY);
    }

    @Test
    void rejectsADeclinedCardAndAsksTheGatewayNoSecondTime() {
        gateway.beforeTheNextCharge(() -> {
            throw new CardDeclinedException("no funds");
        });

        assertRejected("CARD_DECLINED");
        assertRejected("CARD_DECLINED");
        assertThat(status()).isEqualTo(PaymentStatus.DECLINED);
        assertThat(gateway.charges).hasSize(1);
        assertThat(payments.refund(refund()).status()).isEqualTo(PaymentStatus.DECLINED);
    }

    @Test
    void returnsATakenPaymentOnce() {
        PaymentResult taken = payments.process(order());

        RefundResult refund = payments.refund(new RefundPayment("a", taken.paymentId()));
        assertThat(refund).isEqualTo(new RefundResult("a", taken.paymentId(), PaymentStatus.REFUNDED));
        assertThat(payments.refund(refund())).isEqualTo(refund);
        assertThat(gateway.held(KEY)).isNull();
    }

    @Test
    void refundsNothingForAnOrderWithoutAPayment() {
        assertThat(payments.refund(refund())).isEqualTo(new RefundResult("a", null, PaymentStatus.REFUNDED));
    }

    @Test
    void returnsAPaymentWhoseOutcomeIsUnknownButWhichWasTaken() {
        gateway.afterTheNextCharge(() -> {
            throw new GatewayTimeoutException("no answer", null);
        });
        assertThatThrownBy(() -> payments.process(order())).isInstanceOf(GatewayTimeoutException.class);

        assertThat(payments.refund(refund()).status()).isEqualTo(PaymentStatus.REFUNDED);
        assertThat(gateway.held(KEY)).isNull();
    }

    @Test
    void cancelsAPaymentWhoseOutcomeIsUnknownAndWhichWasNotTaken() {
        gateway.beforeTheNextCharge(() -> {
            throw new GatewayTimeoutException("no answer", null);
        });
        assertThatThrownBy(() -> payments.process(order())).isInstanceOf(GatewayTimeoutException.class);

        assertThat(payments.refund(refund()).status()).isEqualTo(PaymentStatus.CANCELLED);
        assertRejected("PAYMENT_CANCELLED");
    }

    @Test
    void takesNothingWhenTheRefundOvertakesTheCharge() {
        gateway.beforeTheNextCharge(() -> payments.refund(refund()));

        assertRejected("PAYMENT_CANCELLED");
        assertThat(status()).isEqualTo(PaymentStatus.CANCELLED);
        assertThat(gateway.held(KEY)).isNull();
    }

    @Test
    void keepsNothingWhenTheRefundComesBetweenTheChargeAndItsAnswer() {
        gateway.afterTheNextCharge(() -> payments.refund(refund()));

        assertRejected("PAYMENT_CANCELLED");
        assertThat(status()).isEqualTo(PaymentStatus.REFUNDED);
        assertThat(gateway.held(KEY)).isNull();
    }

    private void assertRejected(String code) {
        assertThatThrownBy(() -> payments.process(order()))
                .isInstanceOfSatisfying(
                        StepRejectedException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private PaymentStatus status() {
        return repository.findByOrder("a").orElseThrow().status();
    }

    private static ProcessPayment order() {
        return new ProcessPayment("a", new BigDecimal("101.5"), "EUR", "4242424242424242");
    }

    private static RefundPayment refund() {
        return new RefundPayment("a", null);
    }
}
