package dev.caravan.payment;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The payments of an order. */
@RestController
class PaymentController {

    private final PaymentRepository payments;

    PaymentController(PaymentRepository payments) {
        this.payments = payments;
    }

    @GetMapping("/api/payments")
    List<View> payments(@RequestParam String orderId) {
        return payments.findByOrder(orderId).stream().map(View::of).toList();
    }

    /** A payment as it is shown. */
    record View(
            String paymentId,
            String orderId,
            BigDecimal amount,
            String currency,
            PaymentStatus status,
            String cardLast4,
            Instant createdAt) {

        static View of(Payment payment) {
            return new View(
                    payment.paymentId(),
                    payment.orderId(),
                    payment.money().amount(),
                    payment.money().currency(),
                    payment.status(),
                    payment.cardLast4(),
                    payment.createdAt());
        }
    }
}
