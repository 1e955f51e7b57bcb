package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.monitoring.BusinessFilter.Condition;
import java.time.Instant;
import org.apache.lucene.document.BinaryPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSortSortedNumericDocValuesRangeQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TermRangeQuery;
import org.apache.lucene.util.BytesRef;

/** What {@link SagaQuery#matches} says of a saga that ended, as a query of the index. */
final class StoredQuery {

    private final BooleanQuery.Builder all = new BooleanQuery.Builder();

    private StoredQuery() {
        all.add(new MatchAllDocsQuery(), Occur.FILTER);
    }

    static Query of(SagaQuery query) {
        StoredQuery wanted = new StoredQuery();
        if (query.attentionOnly()) {
            return new MatchNoDocsQuery("nobody has to look at a saga that ended");
        }
        wanted.statuses(query);
        wanted.is(StoredDocument.NAME, query.name());
        wanted.is(StoredDocument.APPLICATION, query.cause().application());
        wanted.is(StoredDocument.STEP, query.cause().step());
        wanted.is(StoredDocument.CODE, query.cause().code());
        wanted.is(StoredDocument.KEY, query.business().key());
        wanted.is(StoredDocument.VERSION, query.business().version());
        wanted.has(StoredDocument.CALLED, query.text());
        wanted.has(StoredDocument.SAID, query.cause().reason());
        wanted.began(query.startedAfter(), query.startedBefore());
        query.business().conditions().forEach(condition -> wanted.all.add(attribute(condition), Occur.FILTER));
        return wanted.all.build();
    }

    /** Those of a query that are not before a place. */
    static Query from(Query query, Place place) {
        return new BooleanQuery.Builder()
                .add(query, Occur.FILTER)
                .add(started(Long.MIN_VALUE, place.startedAt()), Occur.FILTER)
                .build();
    }

    private void statuses(SagaQuery query) {
        if (!query.statuses().isEmpty()) {
            BooleanQuery.Builder any = new BooleanQuery.Builder();
            query.statuses().stream()
                    .filter(SagaStatus::isOver)
                    .forEach(status ->
                            any.add(new TermQuery(new Term(StoredDocument.STATUS, status.name())), Occur.SHOULD));
            all.add(any.build(), Occur.FILTER);
        }
    }

    private void is(String field, String text) {
        if (text != null) {
            all.add(new TermQuery(new Term(field, StoredDocument.term(text))), Occur.FILTER);
        }
    }

    private void has(String field, String part) {
        if (part != null) {
            all.add(TextParts.query(field, part), Occur.FILTER);
        }
    }

    private void began(Instant after, Instant before) {
        if (after != null || before != null) {
            long first = after == null ? Long.MIN_VALUE : Place.nanos(after.plusNanos(1));
            long last = before == null ? Long.MAX_VALUE : Place.nanos(before.minusNanos(1));
            all.add(first > last ? new MatchNoDocsQuery() : started(first, last), Occur.FILTER);
        }
    }

    private static Query started(long first, long last) {
        return new IndexSortSortedNumericDocValuesRangeQuery(
                StoredDocument.STARTED,
                first,
                last,
                NumericDocValuesField.newSlowRangeQuery(StoredDocument.STARTED, first, last));
    }

    private static Query attribute(Condition condition) {
        Query text = text(StoredDocument.TEXT + condition.name(), condition);
        if (condition.asNumber() == null) {
            return text;
        }
        return new BooleanQuery.Builder()
                .add(text, Occur.SHOULD)
                .add(number(StoredDocument.NUMBER + condition.name(), condition), Occur.SHOULD)
                .build();
    }

    private static Query text(String field, Condition condition) {
        BytesRef value = StoredDocument.sortable(condition.value());
        return switch (condition.comparison()) {
            case EQ -> new TermQuery(new Term(field, value));
            case GT -> new TermRangeQuery(field, value, null, false, true);
            case GTE -> new TermRangeQuery(field, value, null, true, true);
            case LT -> new TermRangeQuery(field, null, value, true, false);
            case LTE -> new TermRangeQuery(field, null, value, true, true);
        };
    }

    private static Query number(String field, Condition condition) {
        byte[] value = SortableDecimal.of(condition.asNumber());
        return switch (condition.comparison()) {
            case EQ -> BinaryPoint.newExactQuery(field, value);
            case GT -> but(field, BinaryPoint.newRangeQuery(field, value, SortableDecimal.highest()), value);
            case GTE -> BinaryPoint.newRangeQuery(field, value, SortableDecimal.highest());
            case LT -> but(field, BinaryPoint.newRangeQuery(field, SortableDecimal.lowest(), value), value);
            case LTE -> BinaryPoint.newRangeQuery(field, SortableDecimal.lowest(), value);
        };
    }

    private static Query but(String field, Query range, byte[] value) {
        return new BooleanQuery.Builder()
                .add(range, Occur.FILTER)
                .add(BinaryPoint.newExactQuery(field, value), Occur.MUST_NOT)
                .build();
    }
}
