package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotReadableException;

/**
 * Writes the JSON nodes of Jackson 2 where the application's own JSON is another's: to Jackson 3 they are beans, and it would
 * write their getters. It reads nothing.
 */
final class JsonNodeConverter extends AbstractHttpMessageConverter<JsonNode> {

    private static final JsonMapper MAPPER = new JsonMapper();

    JsonNodeConverter() {
        super(MediaType.APPLICATION_JSON, new MediaType("application", "*+json"));
    }

    @Override
    protected boolean supports(Class<?> type) {
        return JsonNode.class.isAssignableFrom(type);
    }

    @Override
    public boolean canRead(Class<?> type, MediaType mediaType) {
        return false;
    }

    @Override
    protected JsonNode readInternal(Class<? extends JsonNode> type, HttpInputMessage input) {
        throw new HttpMessageNotReadableException("This converter reads nothing", input);
    }

    @Override
    protected void writeInternal(JsonNode node, HttpOutputMessage output) throws IOException {
        output.getBody().write(MAPPER.writeValueAsBytes(node));
    }
}
