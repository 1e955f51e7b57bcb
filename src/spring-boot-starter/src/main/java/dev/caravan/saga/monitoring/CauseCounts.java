package dev.caravan.saga.monitoring;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.search.CollectorManager;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.util.BytesRef;

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
    private SortedDocValues causes;
    private NumericDocValues started;
    private Count[] here;
    private int firstDocument;

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
    protected void doSetNextReader(LeafReaderContext segment) throws IOException {
        causes = DocValues.getSorted(segment.reader(), StoredDocument.CAUSE);
        started = DocValues.getNumeric(segment.reader(), StoredDocument.STARTED);
        here = new Count[causes.getValueCount()];
        firstDocument = segment.docBase;
    }

    @Override
    public void collect(int document) throws IOException {
        if (causes.advanceExact(document) && started.advanceExact(document)) {
            int cause = causes.ordValue();
            if (here[cause] == null) {
                here[cause] =
                        counts.computeIfAbsent(BytesRef.deepCopyOf(causes.lookupOrd(cause)), unknown -> new Count());
            }
            here[cause].add(started.longValue(), firstDocument + document);
        }
    }

    @Override
    public ScoreMode scoreMode() {
        return ScoreMode.COMPLETE_NO_SCORES;
    }
}
