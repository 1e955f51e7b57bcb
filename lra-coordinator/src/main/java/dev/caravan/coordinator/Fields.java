package dev.caravan.coordinator;

import java.lang.reflect.Field;

/** Narayana's own fields, where it offers no other way. One that an update took away is a clear error. */
final class Fields {

    private Fields() {}

    /** @param from {@code null}: the field is static */
    static Object read(Class<?> owner, String name, Object from) {
        try {
            return field(owner, name).get(from);
        } catch (ReflectiveOperationException e) {
            throw unusable(owner, name, e);
        }
    }

    /** @param to {@code null}: the field is static */
    static void write(Class<?> owner, String name, Object to, Object value) {
        try {
            field(owner, name).set(to, value);
        } catch (ReflectiveOperationException e) {
            throw unusable(owner, name, e);
        }
    }

    private static Field field(Class<?> owner, String name) throws NoSuchFieldException {
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    private static IllegalStateException unusable(Class<?> owner, String name, ReflectiveOperationException cause) {
        return new IllegalStateException(owner + " has no usable field " + name, cause);
    }
}
