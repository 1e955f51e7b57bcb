package dev.caravan.saga.message;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;

/** Refuses a number whose exponent has more than three figures; how many digits a number has, Jackson limits itself. */
final class BoundedNumbers extends JsonParserDelegate {

    private static final int MOST_FIGURES = 3;

    BoundedNumbers(JsonParser parser) {
        super(parser);
    }

    @Override
    public JsonToken nextToken() throws IOException {
        return checked(delegate.nextToken());
    }

    @Override
    public JsonToken nextValue() throws IOException {
        return checked(delegate.nextValue());
    }

    private JsonToken checked(JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NUMBER_FLOAT && exponentFigures() > MOST_FIGURES) {
            throw new StreamConstraintsException(
                    "A number has an exponent of more than %d figures".formatted(MOST_FIGURES), currentLocation());
        }
        return token;
    }

    private int exponentFigures() throws IOException {
        char[] text = delegate.getTextCharacters();
        int begin = delegate.getTextOffset();
        int end = begin + delegate.getTextLength();
        for (int i = begin; i < end; i++) {
            if (text[i] == 'e' || text[i] == 'E') {
                int figures = i + 1;
                while (figures < end && (text[figures] == '+' || text[figures] == '-' || text[figures] == '0')) {
                    figures++;
                }
                return end - figures;
            }
        }
        return 0;
    }
}
