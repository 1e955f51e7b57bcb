package dev.caravan.saga.spring;

import org.jolokia.server.core.request.JolokiaRequest;
import org.jolokia.server.core.service.request.AbstractRequestHandler;

/**
 * Refuses what asks Jolokia to pass it on to another process ({@code target}): whoever may ask could have this process
 * connect to where he likes, and deserialise what it is answered there. Jolokia finds this class in {@code
 * META-INF/jolokia/services}, and asks it before each handler of its own, so that it holds with the proxy of Jolokia on
 * the class path, too, and for each request of many that are sent together.
 */
public final class RefusedTargets extends AbstractRequestHandler {

    private static final int BEFORE_ALL_OTHERS = -100_000;

    /** Used by Jolokia. */
    public RefusedTargets() {
        super("caravan-refused-targets", BEFORE_ALL_OTHERS);
    }

    @Override
    public boolean canHandle(JolokiaRequest request) {
        return request.getOption("target") != null;
    }

    /** @throws SecurityException always; Jolokia answers 403 with its message */
    @Override
    public <R extends JolokiaRequest> Object handleRequest(R request, Object previous) {
        throw new SecurityException("This process asks no other one for its MBeans: leave out the field target");
    }
}
