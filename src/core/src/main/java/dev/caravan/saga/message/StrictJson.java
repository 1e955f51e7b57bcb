package dev.caravan.saga.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.IOContext;
import java.io.DataInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;

/**
 * JSON as it is taken from strangers. An object has each key once: of two, one reader would believe the first and another
 * the last. A number has at most 1000 digits and an exponent of at most three figures: {@code 1e200000000} is short to
 * send, and takes a core for minutes once somebody adds to it. Whatever breaks this is refused by a
 * {@link com.fasterxml.jackson.core.JsonProcessingException}, before anything is computed.
 */
public final class StrictJson extends JsonFactory {

    private static final long serialVersionUID = 1L;

    public StrictJson() {
        super(new JsonFactoryBuilder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION));
    }

    private StrictJson(StrictJson source) {
        super(source, null);
    }

    @Override
    public StrictJson copy() {
        return new StrictJson(this);
    }

    @Override
    protected JsonParser _createParser(InputStream in, IOContext context) throws IOException {
        return new BoundedNumbers(super._createParser(in, context));
    }

    @Override
    protected JsonParser _createParser(Reader in, IOContext context) throws IOException {
        return new BoundedNumbers(super._createParser(in, context));
    }

    @Override
    protected JsonParser _createParser(char[] data, int offset, int length, IOContext context, boolean recyclable)
            throws IOException {
        return new BoundedNumbers(super._createParser(data, offset, length, context, recyclable));
    }

    @Override
    protected JsonParser _createParser(byte[] data, int offset, int length, IOContext context) throws IOException {
        return new BoundedNumbers(super._createParser(data, offset, length, context));
    }

    @Override
    protected JsonParser _createParser(DataInput in, IOContext context) throws IOException {
        return new BoundedNumbers(super._createParser(in, context));
    }
}
