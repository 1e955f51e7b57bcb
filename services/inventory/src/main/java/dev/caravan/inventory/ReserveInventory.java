package dev.caravan.inventory;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.TreeMap;

/** Asks for all items of an order, or none. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReserveInventory(String orderId, List<Item> items) {

    public ReserveInventory {
        if (orderId == null || items == null || items.isEmpty()) {
            throw new IllegalArgumentException("ReserveInventory needs an orderId and at least one item");
        }
        items = List.copyOf(items);
    }

    /** Each product once, in the order of product ids: orders that compete lock stock in the same order. */
    List<Item> itemsInLockOrder() {
        TreeMap<String, Long> quantities = new TreeMap<>();
        items.forEach(item -> quantities.merge(item.productId(), item.quantity(), Math::addExact));
        return quantities.entrySet().stream()
                .map(entry -> new Item(entry.getKey(), entry.getValue()))
                .toList();
    }
}
