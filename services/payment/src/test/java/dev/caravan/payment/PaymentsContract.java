package dev.caravan.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
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

    private static final String KEY = "saga-1/PROCESS_PAYMENT";

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
        PaymentResult result = payments.process(order(), KEY);

        assertThat(result.status()).isEqualTo(PaymentStatus.COMPLETED);
        assertThat(result.amount()).isEqualTo(new BigDecimal("101.50"));
        assertThat(gateway.held(KEY)).isEqualTo(new Money(new BigDecimal("101.5"), "EUR"));
        Payment payment = repository.findByOrder("a").orElseThrow();
        assertThat(payment.paymentId()).isEqualTo(result.paymentId());
        assertThat(payment.cardLast4()).isEqualTo("4242");
        assertThat(payment.gatewayReference()).isEqualTo("charge-of-" + KEY);
    }

    @Test
    void chargesTheTokenThatTheOrderHas() {
        payments.process(order(), KEY);

        assertThat(gateway.charges).extracting(Charge::cardToken).containsExactly("token-1");
    }

    /** It is in Kafka while the services are updated. */
    @Test
    void exchangesTheCardOfACommandOfAnOlderVersion() {
        payments.process(new ProcessPayment("a", new BigDecimal("101.5"), "EUR", null, null, "4000000000000119"), KEY);

        assertThat(gateway.charges)
                .extracting(Charge::cardToken)
                .containsExactly("token-of-the-card-that-ends-in-0119");
        assertThat(repository.findByOrder("a").orElseThrow().cardLast4()).isEqualTo("0119");
    }

    @Test
    void takesOnePaymentHoweverOftenItIsAsked() {
        assertThat(payments.process(order(), KEY)).isEqualTo(payments.process(order(), KEY));
        assertThat(gateway.charges).hasSize(1);
    }

    @Test
    void commitsThatThePaymentBeginsBeforeTheGatewayIsAsked() {
        gateway.beforeTheNextCharge(() -> {
            assertThat(status()).isEqualTo(PaymentStatus.PROCESSING);
            throw new GatewayTimeoutException("no answer", null);
        });

        assertThatThrownBy(() -> payments.process(order(), KEY)).isInstanceOf(GatewayTimeoutException.class);
        assertThat(status()).isEqualTo(PaymentStatus.PROCESSING);
    }

    @Test
    void holdsNoConnectionWhileTheGatewayIsAsked() {
        gateway.beforeTheNextCharge(() -> assertThat(connectionsInUse()).isZero());

        assertThat(payments.process(order(), KEY).status()).isEqualTo(PaymentStatus.COMPLETED);
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
        assertThatThrownBy(() -> transaction.execute(status -> payments.process(order(), KEY)))
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
        assertThatThrownBy(() -> payments.process(order(), KEY)).isInstanceOf(GatewayUnavailableException.class);

        assertThat(payments.process(order(), KEY).status()).isEqualTo(PaymentStatus.COMPLETED);
        assertThat(gateway.charges).extracting(Charge::idempotencyKey).containsExactly(KEY, KEY);
    }

    @Test
    void takesNothingWithoutAnIdempotencyKey() {
        assertThatThrownBy(() -> payments.process(order(), " ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> payments.process(order(), null)).isInstanceOf(IllegalArgumentException.class);
        assertThat(gateway.charges).isEmpty();
    }

    @Test
    void rejectsADeclinedCardAndAsksTheGatewayNoSecondTime() {
        gateway.beforeTheNextCharge(() -> {
            throw new CardDeclinedException("no funds");
        });

        assertRejected(CardDeclinedException.class);
        assertRejected(CardDeclinedException.class);
        assertThat(status()).isEqualTo(PaymentStatus.DECLINED);
        assertThat(gateway.charges).hasSize(1);
        assertThat(payments.refund(refund()).status()).isEqualTo(PaymentStatus.DECLINED);
    }

    @Test
    void returnsATakenPaymentOnce() {
        PaymentResult taken = payments.process(order(), KEY);

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
        assertThatThrownBy(() -> payments.process(order(), KEY)).isInstanceOf(GatewayTimeoutException.class);

        assertThat(payments.refund(refund()).status()).isEqualTo(PaymentStatus.REFUNDED);
        assertThat(gateway.held(KEY)).isNull();
    }

    @Test
    void cancelsAPaymentWhoseOutcomeIsUnknownAndWhichWasNotTaken() {
        gateway.beforeTheNextCharge(() -> {
            throw new GatewayTimeoutException("no answer", null);
        });
        assertThatThrownBy(() -> payments.process(order(), KEY)).isInstanceOf(GatewayTimeoutException.class);

        assertThat(payments.refund(refund()).status()).isEqualTo(PaymentStatus.CANCELLED);
        assertRejected(PaymentCancelledException.class);
    }

    @Test
    void takesNothingWhenTheRefundOvertakesTheCharge() {
        gateway.beforeTheNextCharge(() -> payments.refund(refund()));

        assertRejected(PaymentCancelledException.class);
        assertThat(status()).isEqualTo(PaymentStatus.CANCELLED);
        assertThat(gateway.held(KEY)).isNull();
    }

    @Test
    void keepsNothingWhenTheRefundComesBetweenTheChargeAndItsAnswer() {
        gateway.afterTheNextCharge(() -> payments.refund(refund()));

        assertRejected(PaymentCancelledException.class);
        assertThat(status()).isEqualTo(PaymentStatus.REFUNDED);
        assertThat(gateway.held(KEY)).isNull();
    }

    private void assertRejected(Class<? extends Exception> reason) {
        assertThatThrownBy(() -> payments.process(order(), KEY)).isInstanceOf(reason);
    }

    private PaymentStatus status() {
        return repository.findByOrder("a").orElseThrow().status();
    }

    private static ProcessPayment order() {
        return new ProcessPayment("a", new BigDecimal("101.5"), "EUR", "token-1", "4242", null);
    }

    private static RefundPayment refund() {
        return new RefundPayment("a", null);
    }
}
