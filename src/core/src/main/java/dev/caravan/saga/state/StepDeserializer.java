package dev.caravan.saga.state;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import dev.caravan.saga.Step;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads a step from its text. */
final class StepDeserializer extends StdDeserializer<Step> {

    private static final long serialVersionUID = 1L;

    StepDeserializer() {
        super(Step.class);
    }

    @Override
    public Step deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        return InternedNames.step(parser.getText());
    }

    /** A step that is not known is left out. */
    @Override
    public Step getNullValue(DeserializationContext context) throws JsonMappingException {
        return context.reportInputMismatch(this, "A step is null. Expected NAME or NAME#2");
    }

    @Override
    public @Nullable Step getAbsentValue(DeserializationContext context) {
        return null;
    }
}
