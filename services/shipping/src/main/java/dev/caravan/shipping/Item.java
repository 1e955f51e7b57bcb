package dev.caravan.shipping;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/** Some pieces of a product. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Item(String productId, long quantity) {}
