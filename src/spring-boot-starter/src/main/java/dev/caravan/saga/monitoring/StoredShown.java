package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** What the index had at one moment. */
final class StoredShown implements EndedSagas.Shown {

    private static final int NOT_THERE = -1;

    private final IndexSearcher searcher;
    private final Closeable release;

    StoredShown(IndexSearcher searcher, Closeable release) {
        this.searcher = searcher;
        this.release = release;
    }

    /** @throws IOException what is on disk is not what was written */
    void check() throws IOException {
        for (LeafReaderContext segment : searcher.getIndexReader().leaves()) {
            segment.reader().checkIntegrity();
        }
    }

    @Override
    public boolean has(SagaId sagaId) throws IOException {
        return document(sagaId) != NOT_THERE;
    }

    @Override
    public Optional<SagaSummary> find(SagaId sagaId) throws IOException {
        int document = document(sagaId);
        return document == NOT_THERE ? Optional.empty() : Optional.of(line(document));
    }

    /** Without what a search costs: it is asked for each saga of the log. */
    private int document(SagaId sagaId) throws IOException {
        Term term = new Term(StoredDocument.ID, sagaId.value());
        for (LeafReaderContext segment : searcher.getIndexReader().leaves()) {
            PostingsEnum found = segment.reader().postings(term, PostingsEnum.NONE);
            Bits live = segment.reader().getLiveDocs();
            while (found != null && found.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
                if (live == null || live.get(found.docID())) {
                    return segment.docBase + found.docID();
                }
            }
        }
        return NOT_THERE;
    }

    private SagaSummary line(int document) throws IOException {
        BytesRef line = searcher.storedFields()
                .document(document, Set.of(StoredDocument.LINE))
                .getBinaryValue(StoredDocument.LINE);
        return StoredLine.read(BytesRef.deepCopyOf(line).bytes);
    }

    private List<SagaSummary> lines(ScoreDoc[] documents) throws IOException {
        List<SagaSummary> lines = new ArrayList<>(documents.length);
        for (ScoreDoc document : documents) {
            lines.add(line(document.doc));
        }
        return lines;
    }

    @Override
    public Optional<SagaSummary> findByKey(String key) throws IOException {
        Query wanted = new TermQuery(new Term(StoredDocument.KEY, StoredDocument.term(key)));
        return lines(searcher.search(wanted, 1, StoredSagas.ORDER).scoreDocs).stream()
                .findFirst();
    }

    @Override
    public Paging.Some page(SagaQuery query, @Nullable Place after) throws IOException {
        int rank = Place.rankOf(Attention.NONE, query.order());
        Query wanted = StoredQuery.of(query);
        int total = searcher.count(wanted);
        if (total == 0 || after != null && after.rank() > rank) {
            return new Paging.Some(List.of(), total);
        }
        int most = (int) Math.min(total, query.limit() + 1L);
        if (after == null || after.rank() < rank) {
            return new Paging.Some(lines(searcher.search(wanted, most, StoredSagas.ORDER).scoreDocs), total);
        }
        FieldDoc behind = new FieldDoc(
                searcher.getIndexReader().maxDoc() - 1, Float.NaN, new Object[] {after.startedAt(), after.tie()});
        return new Paging.Some(
                lines(searcher.searchAfter(behind, StoredQuery.from(wanted, after), most, StoredSagas.ORDER).scoreDocs),
                total);
    }

    @Override
    public List<SagaGroup> groups(SagaQuery query) throws IOException {
        CauseCounts counts = searcher.search(StoredQuery.of(query), CauseCounts.ONE_AFTER_ANOTHER);
        List<SagaGroup> groups = new ArrayList<>();
        for (CauseCounts.Count count : counts.counts()) {
            groups.add(SagaGroup.of(line(count.newestDocument()), Attention.NONE)
                    .counted(count.sagas(), Instant.ofEpochSecond(0, count.oldest())));
        }
        return groups;
    }

    @Override
    public Map<SagaStatus, Long> byStatus() throws IOException {
        Map<SagaStatus, Long> byStatus = new EnumMap<>(SagaStatus.class);
        for (SagaStatus status : SagaStatus.values()) {
            long sagas =
                    status.isOver() ? searcher.count(new TermQuery(new Term(StoredDocument.STATUS, status.name()))) : 0;
            if (sagas > 0) {
                byStatus.put(status, sagas);
            }
        }
        return byStatus;
    }

    @Override
    public Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        Terms terms = MultiTerms.getTerms(searcher.getIndexReader(), StoredDocument.NAME);
        if (terms != null) {
            TermsEnum each = terms.iterator();
            while (each.next() != null) {
                names.add(each.term().utf8ToString());
            }
        }
        return names;
    }

    @Override
    public void close() throws IOException {
        release.close();
    }
}
