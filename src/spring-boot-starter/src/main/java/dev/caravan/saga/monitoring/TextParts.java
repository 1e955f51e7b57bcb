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
    private final List<int[]> texts;
    private int text;
    private int next;

    private TextParts(List<int[]> texts) {
        this.texts = texts;
    }

    /** @param texts those that are {@code null} are left out */
    static TextParts of(String... texts) {
        return new TextParts(Arrays.stream(texts)
                .filter(text -> text != null && !text.isEmpty())
                .map(TextParts::characters)
                .toList());
    }

    /** @param wanted a part of a text of the field, in capitals or not */
    static Query query(String field, String wanted) {
        int[] characters = characters(wanted);
        if (characters.length == 0) {
            return new MatchAllDocsQuery();
        }
        if (characters.length < SIZE) {
            return new PrefixQuery(new Term(field, part(characters, 0)));
        }
        PhraseQuery.Builder inARow = new PhraseQuery.Builder();
        for (int i = 0; i <= characters.length - SIZE; i++) {
            inARow.add(new Term(field, part(characters, i)), i);
        }
        return new NGramPhraseQuery(SIZE, inARow.build());
    }

    private static int[] characters(String text) {
        return text.toLowerCase(Locale.ROOT).codePoints().toArray();
    }

    private static String part(int[] characters, int from) {
        return new String(characters, from, Math.min(SIZE, characters.length - from));
    }

    @Override
    public boolean incrementToken() {
        clearAttributes();
        if (text < texts.size() && next == texts.get(text).length) {
            text++;
            next = 0;
            distance.setPositionIncrement(GAP);
        }
        if (text == texts.size()) {
            return false;
        }
        part.append(part(texts.get(text), next++));
        return true;
    }

    @Override
    public void reset() {
        text = 0;
        next = 0;
    }
}
