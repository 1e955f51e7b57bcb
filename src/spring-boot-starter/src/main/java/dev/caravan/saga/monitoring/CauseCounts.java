package dev.caravan.saga.monitoring;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.search.CollectorManager;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Counts what a query found by its causes, without reading a line. */
final class CauseCounts extends SimpleCollector {

    /** There is one, since the index is searched by one thread. */
    static final CollectorManager<CauseCounts, CauseCounts> ONE_AFTER_ANOTHER = new CollectorManager<>() {
        @Override
        public CauseCounts newCollector() {
            return new CauseCounts();
        }

        @Override
        public CauseCounts reduce(Collection<CauseCounts> collectors) {
            return collectors.iterator().next();
        }
    };

    private final Map<BytesRef, Count> counts = new HashMap<>();
    private @Nullable Segment segment;

    /**
     * What is counted now.
     *
     * @param counts by the number that a cause has there
     * @param first document in it
     */
    private record Segment(SortedDocValues causes, NumericDocValues started, Count[] counts, int first) {}

    /** Sagas of one cause. */
    static final class Count {
        private long sagas;
        private long oldest = Long.MAX_VALUE;
        private long newest = Long.MIN_VALUE;
        private int newestDocument;

        private void add(long startedAt, int document) {
            if (sagas++ == 0 || startedAt > newest) {
                newest = startedAt;
                newestDocument = document;
            }
            oldest = Math.min(oldest, startedAt);
        }

        long sagas() {
            return sagas;
        }

        /** In nanoseconds since 1970. */
        long oldest() {
            return oldest;
        }

        int newestDocument() {
            return newestDocument;
        }
    }

    Collection<Count> counts() {
        return counts.values();
    }

    @Override
    protected void doSetNextReader(LeafReaderContext next) throws IOException {
        SortedDocValues causes = DocValues.getSorted(next.reader(), StoredDocument.CAUSE);
        segment = new Segment(
                causes,
                DocValues.getNumeric(next.reader(), StoredDocument.STARTED),
                new Count[causes.getValueCount()],
                next.docBase);
    }

    @Override
    public void collect(int document) throws IOException {
        Segment here = Objects.requireNonNull(segment);
        if (here.causes().advanceExact(document) && here.started().advanceExact(document)) {
            int cause = here.causes().ordValue();
            if (here.counts()[cause] == null) {
                here.counts()[cause] = counts.computeIfAbsent(
                        BytesRef.deepCopyOf(here.causes().lookupOrd(cause)), unknown -> new Count());
            }
            here.counts()[cause].add(here.started().longValue(), here.first() + document);
        }
    }

    @Override
    public ScoreMode scoreMode() {
        return ScoreMode.COMPLETE_NO_SCORES;
    }
}
