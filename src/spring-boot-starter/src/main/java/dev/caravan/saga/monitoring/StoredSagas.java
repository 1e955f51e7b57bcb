package dev.caravan.saga.monitoring;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.StartRefusedException;
import dev.caravan.saga.state.SagaLog;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.AlreadyClosedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines of sagas on disk, in an index of Lucene. With each commit there is from where on the log has to be read again, so
 * that nothing is missing after a crash. One of another log or format, or a damaged one, is not opened.
 */
final class StoredSagas implements EndedSagas {

    /** As the list has them: those that began last are first. */
    static final Sort ORDER = new Sort(
            new SortField(StoredDocument.STARTED, SortField.Type.LONG, true),
            new SortField(StoredDocument.TIE, SortField.Type.LONG));

    private static final Logger LOGGER = LoggerFactory.getLogger(StoredSagas.class);
    private static final String FORMAT = "2";
    private static final String ORIGIN = "origin";
    private static final String READ_FROM = "readFrom";
    private static final String LATEST = "latest";
    private static final double BUFFER_MEGABYTES = 16;
    private static final int MERGES_WAITING = 6;

    private final Closeable place;
    private final String origin;
    private final ToIntFunction<SagaId> partitionOf;
    private final IndexWriter writer;
    private final SearcherManager searchers;
    private final Map<String, String> commit = new HashMap<>();
    private long[] beginnings;
    private volatile Instant latest;
    private volatile long size;

    private StoredSagas(Closeable place, IndexWriter writer, SearcherManager searchers, SagaLog log) {
        this.place = place;
        this.writer = writer;
        this.searchers = searchers;
        this.origin = FORMAT + " " + log.identity().orElse("none that anybody knows again");
        this.partitionOf = log::partitionOf;
        this.beginnings = new long[log.partitions()];
        if (writer.getLiveCommitData() != null) {
            writer.getLiveCommitData().forEach(said -> commit.put(said.getKey(), said.getValue()));
        }
        this.size = writer.getDocStats().numDocs;
        this.latest = Instant.parse(commit.getOrDefault(LATEST, Instant.MIN.toString()));
    }

    /**
     * Opens what is there. What is damaged, of another log or of another format is thrown away, with a warning.
     *
     * @throws StartRefusedException another process uses it
     */
    static StoredSagas open(Path path, SagaLog log) throws IOException {
        OwnDirectory place = OwnDirectory.lock(path);
        try {
            return opened(place, log);
        } catch (IOException | IllegalArgumentException e) {
            LOGGER.warn(
                    "What is on disk of the list of sagas, in {}, is built anew from the saga log: {}",
                    path,
                    Printable.failure(e));
        }
        try {
            place.clear();
            return opened(place, log);
        } catch (IOException e) {
            place.close();
            throw e;
        }
    }

    /** Begins an empty one, which is removed when it is closed. */
    static StoredSagas openOnce(Path path, SagaLog log) throws IOException {
        OwnDirectory place = OwnDirectory.lock(path);
        return opened(place.removedWhenClosed(), log);
    }

    private static StoredSagas opened(OwnDirectory place, SagaLog log) throws IOException {
        IndexWriter writer = new IndexWriter(place.index(), settings());
        try {
            StoredSagas sagas = new StoredSagas(place, writer, new SearcherManager(writer, null), log);
            sagas.check(log);
            return sagas;
        } catch (IOException | RuntimeException e) {
            writer.rollback();
            throw e;
        }
    }

    private static IndexWriterConfig settings() {
        ConcurrentMergeScheduler merges = new ConcurrentMergeScheduler();
        merges.setMaxMergesAndThreads(MERGES_WAITING, 1);
        return new IndexWriterConfig(null)
                .setIndexSort(ORDER)
                .setRAMBufferSizeMB(BUFFER_MEGABYTES)
                .setMergeScheduler(merges);
    }

    private void check(SagaLog log) throws IOException {
        if (commit.isEmpty()) {
            return;
        }
        if (!origin.equals(commit.get(ORIGIN))) {
            throw new IOException("it is of another log or version");
        }
        long[] from = readFrom();
        long[] ends = log.ends();
        if (from.length != ends.length || !Arrays.equals(from, min(from, ends))) {
            throw new IOException("it is of a log that was longer");
        }
        try (Shown shown = shown()) {
            ((StoredShown) shown).check();
        }
    }

    private static long[] min(long[] some, long[] others) {
        long[] least = some.clone();
        Arrays.setAll(least, i -> Math.min(some[i], others[i]));
        return least;
    }

    @Override
    public long[] readFrom() {
        return commit.containsKey(READ_FROM)
                ? Arrays.stream(commit.get(READ_FROM).split(","))
                        .mapToLong(Long::parseLong)
                        .toArray()
                : new long[beginnings.length];
    }

    @Override
    public Runnable add(List<SagaSummary> ended, long[] readFrom) throws IOException {
        for (SagaSummary saga : ended) {
            int partition = partitionOf.applyAsInt(saga.sagaId());
            whileOpen(() -> writer.addDocument(StoredDocument.of(saga, partition)));
            latest = later(latest, later(saga.startedAt(), saga.updatedAt()));
        }
        commit.put(LATEST, latest.toString());
        commit.put(ORIGIN, origin);
        commit.put(READ_FROM, Arrays.stream(readFrom).mapToObj(Long::toString).collect(Collectors.joining(",")));
        return commit();
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    @Override
    public Instant latest() {
        return latest;
    }

    @Override
    public Runnable leaveOut(long[] now) throws IOException {
        if (Arrays.equals(now, beginnings)) {
            return () -> {};
        }
        for (int partition = 0; partition < now.length; partition++) {
            Query gone = new BooleanQuery.Builder()
                    .add(LongPoint.newExactQuery(StoredDocument.PARTITION, partition), Occur.FILTER)
                    .add(
                            LongPoint.newRangeQuery(StoredDocument.BEGIN, Long.MIN_VALUE, now[partition] - 1),
                            Occur.FILTER)
                    .build();
            whileOpen(() -> writer.deleteDocuments(gone));
        }
        beginnings = now.clone();
        return commit();
    }

    private Runnable commit() throws IOException {
        whileOpen(() -> {
            writer.setLiveCommitData(commit.entrySet());
            writer.commit();
            return size = writer.getDocStats().numDocs;
        });
        return () -> {
            try {
                searchers.maybeRefreshBlocking();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    @Override
    public Shown shown() throws IOException {
        IndexSearcher searcher = whileOpen(searchers::acquire);
        return new StoredShown(searcher, () -> searchers.release(searcher));
    }

    private interface Use<T> {

        T asked() throws IOException;
    }

    /** The index closes itself after an error that it cannot make up for. */
    private static <T> T whileOpen(Use<T> index) throws IOException {
        try {
            return index.asked();
        } catch (AlreadyClosedException e) {
            throw new IOException("It is closed", e);
        }
    }

    /** Known when the index has failed, too. */
    @Override
    public long size() {
        return size;
    }

    /** What was committed stays; merges that are under way are not waited for. */
    @Override
    public void close() throws IOException {
        try (place) {
            searchers.close();
            writer.rollback();
        }
    }
}
