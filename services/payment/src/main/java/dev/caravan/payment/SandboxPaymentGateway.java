package dev.caravan.payment;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.math.BigDecimal;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.server.ResponseStatusException;

/**
 * A payment gateway to try things out with: the card decides what happens, see {@link SandboxCard}. Charges
 * are idempotent by {@code Idempotency-Key}; a refund bars its key.
 */
@RestController
@RequestMapping("/sandbox/gateway")
class SandboxPaymentGateway {

    private static final int LONGEST_KEY = 128;

    private final SandboxCharges charges;
    private final SandboxSilence silence;

    SandboxPaymentGateway(SandboxCharges charges, SandboxSilence silence) {
        this.charges = charges;
        this.silence = silence;
    }

    /** Never silent: which card it is matters when it is charged. */
    @PostMapping("/tokens")
    Map<String, String> token(@RequestBody TokenRequest request) {
        return Map.of("token", SandboxCardToken.of(request.card()));
    }

    @PostMapping("/charges")
    DeferredResult<ResponseEntity<Object>> charge(
            @RequestHeader("Idempotency-Key") String key, @RequestBody ChargeRequest request) {
        SandboxCardToken card = request.cardToken();
        SandboxCharge charge = charges.charge(bounded(key), request.money(), card);
        if (charge.status() == SandboxCharge.Status.NEW && card.card() == SandboxCard.SILENT) {
            return silence.request();
        }
        DeferredResult<ResponseEntity<Object>> answer = new DeferredResult<>();
        answer.setResult(answer(charge));
        return answer;
    }

    private static String bounded(String key) {
        if (key.length() > LONGEST_KEY) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, "An Idempotency-Key has at most " + LONGEST_KEY + " characters");
        }
        return key;
    }

    private static ResponseEntity<Object> answer(SandboxCharge charge) {
        return switch (charge.status()) {
            case CHARGED -> ResponseEntity.ok(Map.of("status", "charged", "chargeId", charge.chargeId()));
            case DECLINED -> status(HttpStatus.PAYMENT_REQUIRED, "card_declined");
            case REFUNDED, BARRED -> status(HttpStatus.CONFLICT, "refunded_before");
            case NEW -> status(HttpStatus.SERVICE_UNAVAILABLE, "try_again");
        };
    }

    private static ResponseEntity<Object> status(HttpStatus status, String reason) {
        return ResponseEntity.status(status).body(Map.of("status", reason));
    }

    @PostMapping("/refunds")
    Map<String, String> refund(@RequestHeader("Idempotency-Key") String key) {
        return switch (charges.refund(bounded(key))) {
            case REFUNDED -> Map.of("status", "refunded");
            default -> Map.of("status", "nothing_charged");
        };
    }

    /** The number of a card. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record TokenRequest(String card) {

        TokenRequest {
            SandboxCardToken.of(card);
        }

        @Override
        public String toString() {
            return "TokenRequest";
        }
    }

    /** What to take, and from which card: by its token, or by its number for a client that has none. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record ChargeRequest(BigDecimal amount, String currency, String token, String card) {

        ChargeRequest {
            new Money(amount, currency);
            SandboxCardToken.read(token == null ? SandboxCardToken.of(card) : token);
        }

        SandboxCardToken cardToken() {
            return SandboxCardToken.read(token == null ? SandboxCardToken.of(card) : token);
        }

        Money money() {
            return new Money(amount, currency);
        }

        @Override
        public String toString() {
            return "ChargeRequest[" + amount + " " + currency + "]";
        }
    }
}
