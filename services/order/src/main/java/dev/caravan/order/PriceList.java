package dev.caravan.order;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Turns what a customer asks for into an order with an id and a price. */
class PriceList {

    private static final int LAST = 4;

    private final ProductRepository products;

    PriceList(ProductRepository products) {
        this.products = products;
    }

    /**
     * Prices a request that is valid in itself; the token of the card is still to come.
     *
     * @throws InvalidOrderException a product is unknown, or there twice
     */
    PricedOrder quote(PlaceOrder request) {
        Map<String, Product> prices = products.find(request.items().stream()
                .map(PlaceOrder.Line::productId)
                .distinct()
                .toList());
        check(request.items(), prices);
        List<OrderItem> items = new ArrayList<>();
        Money total = null;
        for (PlaceOrder.Line line : request.items()) {
            Money price = prices.get(line.productId()).price();
            items.add(new OrderItem(line.productId(), line.quantity(), price.amount()));
            Money sum = price.times(line.quantity());
            total = total == null ? sum : total.plus(sum);
        }
        return new PricedOrder(
                UUID.randomUUID().toString(),
                request.userId(),
                items,
                total.amount(),
                total.currency(),
                null,
                request.card().substring(request.card().length() - LAST),
                request.country());
    }

    private static void check(List<PlaceOrder.Line> lines, Map<String, Product> prices) {
        List<FieldProblem> problems = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < lines.size(); i++) {
            String productId = lines.get(i).productId();
            String field = "items[" + i + "].productId";
            if (!prices.containsKey(productId)) {
                problems.add(new FieldProblem(field, "is no known product"));
            } else if (!seen.add(productId)) {
                problems.add(new FieldProblem(field, "is there twice; add up the quantities"));
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidOrderException(problems);
        }
    }
}
