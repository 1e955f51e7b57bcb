package dev.caravan.saga.monitoring;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.NGramPhraseQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;

/**
 * Texts in small letters, in parts of three characters, one beginning at each: what three or more in a row have to be in a text
 * that has a longer one within it. The last two parts of a text are shorter, so that one and two characters are found too.
 */
final class TextParts extends TokenStream {

    private static final int SIZE = 3;

    /** Parts of two texts do not stand in a row. */
    private static final int GAP = 2;

    private final CharTermAttribute part = addAttribute(CharTermAttribute.class);
    private final PositionIncrementAttribute distance = addAttribute(PositionIncrementAttribute.class);
    private final List<String> texts;
    private int text;
    private int next;

    private TextParts(List<String> texts) {
        this.texts = texts;
    }

    /** @param texts those that are {@code null} are left out */
    static TextParts of(String... texts) {
        return new TextParts(Arrays.stream(texts)
                .filter(text -> text != null && !text.isEmpty())
                .map(text -> text.toLowerCase(Locale.ROOT))
                .toList());
    }

    /** @param wanted a part of a text of the field, in capitals or not */
    static Query query(String field, String wanted) {
        String text = wanted.toLowerCase(Locale.ROOT);
        int characters = text.codePointCount(0, text.length());
        if (characters == 0) {
            return new MatchAllDocsQuery();
        }
        if (characters < SIZE) {
            return new PrefixQuery(new Term(field, text));
        }
        PhraseQuery.Builder inARow = new PhraseQuery.Builder();
        int from = 0;
        for (int i = 0; i <= characters - SIZE; i++) {
            inARow.add(new Term(field, text.substring(from, end(text, from))), i);
            from = text.offsetByCodePoints(from, 1);
        }
        return new NGramPhraseQuery(SIZE, inARow.build());
    }

    /** Of the part that begins there. */
    private static int end(String text, int from) {
        int end = from;
        for (int i = 0; i < SIZE && end < text.length(); i++) {
            end = text.offsetByCodePoints(end, 1);
        }
        return end;
    }

    @Override
    public boolean incrementToken() {
        clearAttributes();
        if (text < texts.size() && next == texts.get(text).length()) {
            text++;
            next = 0;
            distance.setPositionIncrement(GAP);
        }
        if (text == texts.size()) {
            return false;
        }
        String whole = texts.get(text);
        part.append(whole, next, end(whole, next));
        next = whole.offsetByCodePoints(next, 1);
        return true;
    }

    @Override
    public void reset() {
        text = 0;
        next = 0;
    }
}
