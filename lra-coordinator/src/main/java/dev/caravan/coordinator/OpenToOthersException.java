package dev.caravan.coordinator;

/** The coordinator refuses to start, because anybody who reaches this machine could end its LRAs. */
class OpenToOthersException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OpenToOthersException(String address) {
        super("The LRA coordinator would take requests on %s from anybody".formatted(address));
    }
}
