package com.example.orders;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Component;

/** What was done for each order. */
@Component("shop")
public class Shop {

    private final Map<String, List<String>> done = new ConcurrentHashMap<>();

    public void pay(String orderId) {
        add(orderId, "PAID");
    }

    public void refund(String orderId) {
        add(orderId, "REFUNDED");
    }

    /** Nothing is sent to nowhere. */
    public void ship(String orderId, String country) {
        if (country.equals("nowhere")) {
            throw new IllegalArgumentException("There is no such country");
        }
        add(orderId, "SHIPPED");
    }

    private void add(String orderId, String what) {
        done.computeIfAbsent(orderId, order -> new CopyOnWriteArrayList<>()).add(what);
    }

    List<String> of(String orderId) {
        return done.getOrDefault(orderId, List.of());
    }
}
