package dev.caravan.order;

import dev.caravan.saga.Printable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.server.ResponseStatusException;

/** Takes orders and shows them. */
@RestController
@RequestMapping(path = "/api/orders", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Orders", description = "Takes orders, which a saga carries out, and shows what has become of them")
class OrderController {

    private static final String PROBLEM = MediaType.APPLICATION_PROBLEM_JSON_VALUE;

    /** Longer than any wait: {@link OrderPlacement} has time limits of its own. */
    private static final long NEVER = 0;

    private final PriceList prices;
    private final OrderPlacement placement;
    private final OrderRepository orders;
    private final OrderSagas sagas;

    OrderController(PriceList prices, OrderPlacement placement, OrderRepository orders, OrderSagas sagas) {
        this.prices = prices;
        this.placement = placement;
        this.orders = orders;
        this.sagas = sagas;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            summary = "Places an order",
            description =
                    "Checks and prices the order, has the payment gateway give a token for the card, and starts the saga that carries it out: payment, stock, shipping."
                            + " The answer comes when the saga has started and cannot be lost any more; with `Prefer: wait=N` it"
                            + " comes when the saga has ended, or after N seconds.")
    @ApiResponse(
            responseCode = "200",
            description = "The saga has ended within the time asked for by `Prefer: wait=N`",
            content = @Content(schema = @Schema(implementation = PlacedOrder.class)))
    @ApiResponse(
            responseCode = "202",
            description = "The saga has started",
            headers = @Header(name = "Location", description = "Where to look at the order"),
            content = @Content(schema = @Schema(implementation = PlacedOrder.class)))
    @ApiResponse(
            responseCode = "400",
            description = "Nothing was started: the JSON is malformed, or `errors` says what is wrong with which field",
            content = @Content(mediaType = PROBLEM, schema = @Schema(implementation = ProblemDetail.class)))
    @ApiResponse(
            responseCode = "413",
            description = "Nothing was started: the body is too large",
            content = @Content(mediaType = PROBLEM, schema = @Schema(implementation = ProblemDetail.class)))
    @ApiResponse(
            responseCode = "415",
            description = "Nothing was started: the body is not JSON",
            content = @Content(mediaType = PROBLEM, schema = @Schema(implementation = ProblemDetail.class)))
    @ApiResponse(
            responseCode = "503",
            description = "Nothing was started: the payment gateway does not answer, or the saga could not be started",
            headers = @Header(name = "Retry-After", description = "When to try again, in seconds"),
            content = @Content(mediaType = PROBLEM, schema = @Schema(implementation = ProblemDetail.class)))
    @ApiResponse(
            responseCode = "504",
            description = "It is not known whether the saga has started: look at the order before you order again",
            headers = @Header(name = "Location", description = "Where to look at the order, if it was taken"),
            content = @Content(mediaType = PROBLEM, schema = @Schema(implementation = ProblemDetail.class)))
    DeferredResult<ResponseEntity<Object>> place(
            @Valid @RequestBody PlaceOrder request,
            @Parameter(
                            description =
                                    "`orchestration`: a saga route commands the services; `choreography`: they react"
                                            + " to each other's events")
                    @RequestParam(defaultValue = "orchestration")
                    String style,
            @Parameter(
                            description =
                                    "`wait=N`: answer when the saga has ended, but after N seconds (at most 60) in any"
                                            + " case (RFC 7240)",
                            example = "wait=10")
                    @RequestHeader(name = "Prefer", required = false)
                    List<String> prefer) {
        OrderStyle wanted = OrderStyle.of(style);
        PricedOrder order = prices.quote(request);
        DeferredResult<ResponseEntity<Object>> answer = new DeferredResult<>(NEVER);
        placement
                .place(order, request.card(), wanted, WaitPreference.of(prefer == null ? List.of() : prefer))
                .whenComplete((placed, refused) -> {
                    if (refused == null) {
                        answer.setResult(placed);
                    } else {
                        answer.setErrorResult(refused);
                    }
                });
        return answer;
    }

    @GetMapping("/{orderId}")
    @Operation(
            summary = "Shows an order",
            description =
                    "An order can be seen from the moment it was accepted; it is PENDING until its saga has ended.")
    @ApiResponse(responseCode = "200", description = "The order")
    @ApiResponse(
            responseCode = "404",
            description = "There is no such order",
            content = @Content(mediaType = PROBLEM, schema = @Schema(implementation = ProblemDetail.class)))
    Order order(@PathVariable String orderId) {
        return orders.find(orderId)
                .or(() -> sagas.pending(orderId).map(Order::pending))
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.NOT_FOUND, "There is no order " + Printable.of(orderId)));
    }
}
