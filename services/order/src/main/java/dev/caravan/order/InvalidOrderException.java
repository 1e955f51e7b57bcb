package dev.caravan.order;

import java.util.List;

/** The request is well-formed and cannot be an order. Nothing was started. */
class InvalidOrderException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<FieldProblem> problems;

    InvalidOrderException(List<FieldProblem> problems) {
        super(problems.toString());
        this.problems = List.copyOf(problems);
    }

    List<FieldProblem> problems() {
        return problems;
    }
}
