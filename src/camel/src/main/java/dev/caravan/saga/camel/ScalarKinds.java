package dev.caravan.saga.camel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** Single values that JSON has no type for: what their kind is called in the saga log, and how they are written there. */
final class ScalarKinds {

    private static final Map<Class<?>, Kind> BY_CLASS = new HashMap<>();
    private static final Map<String, Kind> BY_NAME = new HashMap<>();

    /**
     * @param write to text, a number or a boolean
     * @param read from what JSON makes of that
     */
    record Kind(String name, Function<Object, Object> write, Function<Object, Object> read) {}

    static {
        add(Long.class, "long", value -> value, value -> new BigDecimal(value.toString()).longValueExact());
        add(Short.class, "short", value -> value, value -> Short.valueOf(value.toString()));
        add(Byte.class, "byte", value -> value, value -> Byte.valueOf(value.toString()));
        add(
                Double.class,
                "double",
                value -> value.isInfinite() || value.isNaN() ? value.toString() : value,
                value -> Double.valueOf(value.toString()));
        add(
                Float.class,
                "float",
                value -> value.isInfinite() || value.isNaN() ? value.toString() : value,
                value -> Float.valueOf(value.toString()));
        add(BigInteger.class, "integer", value -> value, value -> new BigInteger(value.toString()));
        add(BigDecimal.class, "decimal", BigDecimal::toString, value -> new BigDecimal(value.toString()));
        add(
                AtomicInteger.class,
                "atomic-int",
                AtomicInteger::get,
                value -> new AtomicInteger(Integer.parseInt(value.toString())));
        add(
                AtomicLong.class,
                "atomic-long",
                AtomicLong::get,
                value -> new AtomicLong(Long.parseLong(value.toString())));
        add(
                AtomicBoolean.class,
                "atomic-boolean",
                AtomicBoolean::get,
                value -> new AtomicBoolean(Boolean.parseBoolean(value.toString())));
        addText(Character.class, "character", text -> text.charAt(0));
        addText(UUID.class, "uuid", UUID::fromString);
        addText(URI.class, "uri", URI::create);
        add(
                Date.class,
                "date",
                value -> value.toInstant().toString(),
                value -> Date.from(Instant.parse(value.toString())));
        addText(Timestamp.class, "timestamp", Timestamp::valueOf);
        addText(java.sql.Date.class, "sql-date", java.sql.Date::valueOf);
        addText(Instant.class, "instant", Instant::parse);
        addText(LocalDate.class, "local-date", LocalDate::parse);
        addText(LocalTime.class, "local-time", LocalTime::parse);
        addText(LocalDateTime.class, "local-date-time", LocalDateTime::parse);
        addText(OffsetDateTime.class, "offset-date-time", OffsetDateTime::parse);
        addText(ZonedDateTime.class, "zoned-date-time", ZonedDateTime::parse);
        addText(Duration.class, "duration", Duration::parse);
        addText(Period.class, "period", Period::parse);
        addText(Year.class, "year", Year::parse);
        addText(YearMonth.class, "year-month", YearMonth::parse);
        add(Locale.class, "locale", Locale::toLanguageTag, value -> Locale.forLanguageTag(value.toString()));
        addText(Currency.class, "currency", Currency::getInstance);
        BY_NAME.put("zone", new Kind("zone", Object::toString, value -> ZoneId.of(value.toString())));
    }

    private ScalarKinds() {}

    private static <T> void add(Class<T> type, String name, Function<T, Object> write, Function<Object, T> read) {
        Kind kind = new Kind(name, value -> write.apply(type.cast(value)), read::apply);
        BY_CLASS.put(type, kind);
        BY_NAME.put(name, kind);
    }

    private static <T> void addText(Class<T> type, String name, Function<String, T> read) {
        add(type, name, Object::toString, value -> read.apply(value.toString()));
    }

    /** Of values of exactly this class; those of a time zone have classes of their own. */
    static Optional<Kind> of(Object value) {
        return Optional.ofNullable(value instanceof ZoneId ? BY_NAME.get("zone") : BY_CLASS.get(value.getClass()));
    }

    static Optional<Kind> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
