package dev.caravan.saga.monitoring;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.lucene.document.BinaryPoint;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** A saga that ended as a document of the index: what it is found by, and its line. */
final class StoredDocument {

    static final String LINE = "line";
    static final String ID = "id";
    static final String KEY = "key";
    static final String NAME = "name";
    static final String STATUS = "status";
    static final String APPLICATION = "application";
    static final String VERSION = "version";
    static final String STEP = "step";
    static final String CODE = "code";
    static final String CAUSE = "cause";
    static final String CALLED = "called";
    static final String SAID = "said";
    static final String STARTED = "started";
    static final String TIE = "tie";
    static final String PARTITION = "partition";
    static final String BEGIN = "begin";
    static final String TEXT = "text.";
    static final String NUMBER = "number.";

    /** A term has at most 32,766 bytes. */
    private static final int LONGEST = 8_000;

    private static final FieldType PARTS = new FieldType();

    static {
        PARTS.setTokenized(true);
        PARTS.setOmitNorms(true);
        PARTS.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS);
        PARTS.freeze();
    }

    private StoredDocument() {}

    static Document of(SagaSummary saga, int partition) {
        Document document = new Document();
        document.add(new StoredField(LINE, StoredLine.of(saga)));
        add(document, ID, saga.sagaId().value());
        if (saga.key() != null) {
            add(document, KEY, saga.key());
        }
        add(document, NAME, saga.name());
        add(document, STATUS, saga.status().name());
        add(document, APPLICATION, orNone(saga.application()));
        add(document, VERSION, orNone(saga.version()));
        add(document, STEP, orNone(saga.cause().step()));
        add(document, CODE, orNone(saga.cause().code()));
        document.add(new SortedDocValuesField(CAUSE, cause(saga)));
        document.add(new Field(CALLED, TextParts.of(saga.sagaId().value(), saga.key()), PARTS));
        if (saga.reason() != null) {
            document.add(new Field(SAID, TextParts.of(saga.reason()), PARTS));
        }
        Place place = Place.of(saga, Attention.NONE, SagaQuery.Order.LATEST);
        document.add(new NumericDocValuesField(STARTED, place.startedAt()));
        document.add(new NumericDocValuesField(TIE, place.tie()));
        document.add(new LongPoint(PARTITION, partition));
        document.add(new LongPoint(BEGIN, saga.positions().begin()));
        saga.attributes().forEach((name, value) -> document.add(attribute(name, value)));
        return document;
    }

    private static void add(Document document, String field, String text) {
        document.add(new StringField(field, term(text), Field.Store.NO));
    }

    private static Field attribute(String name, Object value) {
        return value instanceof Number number
                ? new BinaryPoint(NUMBER + name, SortableDecimal.of(SortableDecimal.exact(number)))
                : new StringField(TEXT + name, sortable(value.toString()), Field.Store.NO);
    }

    private static String orNone(@Nullable String text) {
        return Objects.requireNonNullElse(text, CauseFilter.NONE);
    }

    private static BytesRef cause(SagaSummary saga) {
        return new BytesRef(term(saga.status() + "\0" + saga.application() + "\0"
                + saga.cause().step() + "\0" + saga.cause().code()));
    }

    /** Of a text that is very long, its beginning and a hash. */
    static String term(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "\0" + text.hashCode();
    }

    /** Sorts as texts of Java do. */
    static BytesRef sortable(String text) {
        return new BytesRef(term(text).getBytes(StandardCharsets.UTF_16BE));
    }
}
