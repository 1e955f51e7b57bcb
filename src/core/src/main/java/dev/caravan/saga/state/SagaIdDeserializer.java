package dev.caravan.saga.state;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import dev.caravan.saga.SagaId;
import java.io.IOException;

/** Reads a saga id from its text. */
final class SagaIdDeserializer extends StdDeserializer<SagaId> {

    private static final long serialVersionUID = 1L;

    SagaIdDeserializer() {
        super(SagaId.class);
    }

    @Override
    public SagaId deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        return new SagaId(parser.getText());
    }
}
