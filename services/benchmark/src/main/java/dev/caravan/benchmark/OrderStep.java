package dev.caravan.benchmark;

/** The steps of the order saga in their order, and who does them. */
enum OrderStep {
    CREATE_ORDER("order-service", "CreateOrder", "CancelOrder"),
    PROCESS_PAYMENT("payment-service", "ProcessPayment", "RefundPayment"),
    RESERVE_INVENTORY("inventory-service", "ReserveInventory", "ReleaseInventory"),
    /** Can be rejected. */
    PREPARE_SHIPPING("shipping-service", "PrepareShipping", "CancelShipping");

    private final String service;
    private final String action;
    private final String compensation;

    OrderStep(String service, String action, String compensation) {
        this.service = service;
        this.action = action;
        this.compensation = compensation;
    }

    String service() {
        return service;
    }

    String action() {
        return action;
    }

    String compensation() {
        return compensation;
    }

    boolean isLast() {
        return this == PREPARE_SHIPPING;
    }
}
