package dev.caravan.saga.spring;

import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.ResourceTransactionManager;

/** The database of a participant, of the beans that the application has. Each error says which setting decides. */
final class ParticipantDatabase {

    private final ListableBeanFactory beans;
    private final String participant;
    private final ParticipantProperties settings;

    ParticipantDatabase(ListableBeanFactory beans, String participant, ParticipantProperties settings) {
        this.beans = beans;
        this.participant = participant;
        this.settings = settings;
    }

    /** @throws IllegalStateException there is none, or more than one and none is named or primary */
    DataSource dataSource() {
        if (settings.dataSource() != null) {
            return named(settings.dataSource(), DataSource.class, "data-source");
        }
        DataSource only = beans.getBeanProvider(DataSource.class).getIfUnique();
        if (only != null) {
            return only;
        }
        List<String> names = names(DataSource.class);
        throw new IllegalStateException(
                names.isEmpty()
                        ? "Participant %s has no database for its inbox: set spring.datasource.url, or remove caravan.participants.%s"
                                .formatted(participant, participant)
                        : "Participant %s could have its inbox in any of %s: name one with caravan.participants.%s.data-source"
                                .formatted(participant, names, participant));
    }

    JdbcOperations jdbc(DataSource dataSource) {
        return beans.getBeanProvider(JdbcTemplate.class).stream()
                .filter(template -> template.getDataSource() == dataSource)
                .findFirst()
                .orElseGet(() -> new JdbcTemplate(dataSource));
    }

    /**
     * That of the actions, so that inbox and business change are one transaction: the one for this DataSource, of JDBC
     * or JPA; or the only one, if it is for no resource alone (JTA); or else a new one.
     *
     * @throws IllegalStateException there are several for this DataSource, and none is named or primary
     */
    PlatformTransactionManager transactionManager(DataSource dataSource) {
        if (settings.transactionManager() != null) {
            return named(settings.transactionManager(), PlatformTransactionManager.class, "transaction-manager");
        }
        List<PlatformTransactionManager> ours = beans.getBeanProvider(PlatformTransactionManager.class).stream()
                .filter(manager -> dataSourceOf(manager) == dataSource)
                .toList();
        if (ours.size() == 1) {
            return ours.get(0);
        }
        PlatformTransactionManager first =
                beans.getBeanProvider(PlatformTransactionManager.class).getIfUnique();
        if (first != null && (ours.contains(first) || ours.isEmpty() && isForEverything(first))) {
            return first;
        }
        if (ours.isEmpty()) {
            return new JdbcTransactionManager(dataSource);
        }
        throw new IllegalStateException(
                "Participant %s could have the transactions of any of %s: name one with caravan.participants.%s.transaction-manager"
                        .formatted(participant, names(PlatformTransactionManager.class), participant));
    }

    /** As JTA's is: it has no resource of its own. */
    private static boolean isForEverything(PlatformTransactionManager manager) {
        return !(manager instanceof ResourceTransactionManager);
    }

    /** By the property that those of JDBC, JPA and Hibernate have. */
    private static @Nullable DataSource dataSourceOf(PlatformTransactionManager manager) {
        BeanWrapper properties = PropertyAccessorFactory.forBeanPropertyAccess(manager);
        return properties.isReadableProperty("dataSource")
                        && properties.getPropertyValue("dataSource") instanceof DataSource dataSource
                ? dataSource
                : null;
    }

    private <T> T named(String name, Class<T> type, String setting) {
        if (!names(type).contains(name)) {
            throw new IllegalStateException(
                    "caravan.participants.%s.%s is '%s', and there is no such bean. There are: %s"
                            .formatted(participant, setting, name, names(type)));
        }
        return beans.getBean(name, type);
    }

    private List<String> names(Class<?> type) {
        return Arrays.stream(beans.getBeanNamesForType(type)).sorted().toList();
    }
}
