package dev.caravan.order;

/** What is wrong with one field of a request, for instance {@code items[0].quantity}. */
record FieldProblem(String field, String message) {}
