package dev.caravan.compatibility;

class OrdersOnKafka39Test extends OrdersContract {

    OrdersOnKafka39Test() {
        super("3.9");
    }
}
