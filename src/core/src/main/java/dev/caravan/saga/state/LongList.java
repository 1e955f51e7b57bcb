package dev.caravan.saga.state;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/**
 * An immutable list of many elements that shares with the one before all but a few of them: a saga of a thousand steps has
 * a list of them after each of its entries.
 */
final class LongList<T> extends AbstractList<T> implements RandomAccess {

    /** Below that, a copy is as good. */
    static final int CHUNK = 32;

    private final Object[][] chunks;
    private final int size;

    private LongList(Object[][] chunks, int size) {
        this.chunks = chunks;
        this.size = size;
    }

    private static <T> LongList<T> of(List<T> list) {
        if (list instanceof LongList<T> known) {
            return known;
        }
        Object[] all = list.toArray();
        Object[][] chunks = new Object[(all.length + CHUNK - 1) / CHUNK][];
        Arrays.setAll(
                chunks, chunk -> Arrays.copyOfRange(all, chunk * CHUNK, Math.min(all.length, (chunk + 1) * CHUNK)));
        return new LongList<>(chunks, all.length);
    }

    /** The list with one more element. */
    static <T> List<T> plus(List<T> list, T element) {
        LongList<T> known = of(list);
        int last = known.size / CHUNK;
        Object[][] chunks = Arrays.copyOf(known.chunks, last + 1);
        int length = known.size % CHUNK;
        chunks[last] = Arrays.copyOf(length == 0 ? new Object[0] : chunks[last], length + 1);
        chunks[last][length] = element;
        return new LongList<>(chunks, known.size + 1);
    }

    /** The list with another element at this place. */
    static <T> List<T> with(List<T> list, int index, T element) {
        LongList<T> known = of(list);
        Object[][] chunks = known.chunks.clone();
        chunks[index / CHUNK] = chunks[index / CHUNK].clone();
        chunks[index / CHUNK][index % CHUNK] = element;
        return new LongList<>(chunks, known.size);
    }

    @Override
    @SuppressWarnings("unchecked")
    public T get(int index) {
        return (T) chunks[index / CHUNK][index % CHUNK];
    }

    @Override
    public int size() {
        return size;
    }
}
