package dev.caravan.saga.camel;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SendDefinition;

/**
 * The addresses of a block's compensation and completion. They are elements of their own up to Camel 4.18, and attributes
 * from 4.19 on; the methods that give them have the same names and other types, so that code compiled against one line finds
 * none in the other. They are found by name.
 */
final class DeclaredCallbacks {

    private DeclaredCallbacks() {}

    /** @return those that are declared */
    static List<String> of(SagaDefinition block) {
        List<String> uris = new ArrayList<>();
        for (String getter : List.of("getCompensation", "getCompletion")) {
            Object declared = call(block, getter);
            Object uri = declared instanceof SendDefinition<?> send ? send.getUri() : declared;
            if (uri != null) {
                uris.add(uri.toString());
            }
        }
        return uris;
    }

    private static Object call(SagaDefinition block, String getter) {
        try {
            return SagaDefinition.class.getMethod(getter).invoke(block);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("SagaDefinition.%s cannot be called".formatted(getter), e);
        }
    }
}
