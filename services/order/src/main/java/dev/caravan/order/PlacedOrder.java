package dev.caravan.order;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;

/** What a customer is told: under which ids the order is carried out, and how it ended if it has. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(description = "An order that is carried out, whatever happens to this service")
record PlacedOrder(
        String orderId,
        String sagaId,

        @Schema(
                description =
                        "How the saga ended, if it was waited for: COMPLETED, COMPENSATED (nothing of it is left) or"
                                + " FAILED (a person has to act)")
        String status) {}
