package dev.caravan.compatibility;

class OrdersOnKafka43Test extends OrdersContract {

    OrdersOnKafka43Test() {
        super("4.3");
    }
}
