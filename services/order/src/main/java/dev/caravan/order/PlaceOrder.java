package dev.caravan.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;

/** What a customer asks for. */
@JsonIgnoreProperties(ignoreUnknown = true)
@Schema(description = "What a customer asks for; prices are the shop's")
public record PlaceOrder(
        @Schema(description = "Who orders", example = "ann")
        @NotBlank(message = "must not be blank")
        @Size(max = 100, message = "must have at most 100 characters")
        @Pattern(regexp = "[^\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]*", message = "must not contain control characters")
        String userId,

        @Schema(description = "What is ordered, each product once")
        @NotNull(message = "must be there")
        @Size(min = 1, max = 50, message = "must have 1 to 50 entries")
        List<@NotNull(message = "must not be null") @Valid Line> items,

        @Schema(
                description =
                        "The number of the card that pays, 12 to 19 digits. It is exchanged for a token of the payment"
                                + " gateway before anything else begins, and kept nowhere",
                example = "4242424242424242")
        @NotNull(message = "must be there")
        @Pattern(regexp = "[0-9]{12,19}", message = "must have 12 to 19 digits")
        String card,

        @Schema(description = "Where the order is shipped to: two upper-case letters (ISO 3166-1)", example = "DE")
        @NotNull(message = "must be there")
        @Pattern(regexp = "[A-Z]{2}", message = "must be two upper-case letters")
        String country) {

    /** So many of a product. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @Schema(name = "PlaceOrderItem", description = "So many of a product")
    public record Line(
            @Schema(description = "A product of the price list", example = "COFFEE")
            @NotBlank(message = "must not be blank")
            String productId,

            @Schema(description = "How many, 1 to 10000", example = "2")
            @JsonDeserialize(using = WholeNumber.class)
            @NotNull(message = "must be there")
            @Min(value = 1, message = "must be at least 1")
            @Max(value = 10_000, message = "must be at most 10000")
            Integer quantity) {}

    @Override
    public String toString() {
        return "PlaceOrder[userId=" + userId + ", items=" + items + ", country=" + country + "]";
    }
}
