package dev.caravan.saga.spring;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * The migrations of the tables of one participant, with a history in its own schema. They take nothing from the Flyway
 * that the application has for itself. Everything of Spring that uses JDBC waits for them.
 */
final class ParticipantMigrations implements InitializingBean {

    private final ListableBeanFactory beans;
    private final String participant;
    private final ParticipantProperties settings;

    ParticipantMigrations(ListableBeanFactory beans, String participant, ParticipantProperties settings) {
        this.beans = beans;
        this.participant = participant;
        this.settings = settings;
    }

    @Override
    public void afterPropertiesSet() {
        if (settings.schema() == null) {
            throw new IllegalStateException(
                    "caravan.participants.%s.migrations needs caravan.participants.%s.schema: the history is in there. Without a schema of its own, add the location to spring.flyway.locations"
                            .formatted(participant, participant));
        }
        if (!ClassUtils.isPresent("org.flywaydb.core.Flyway", null)) {
            throw new IllegalStateException(
                    "caravan.participants.%s.migrations needs Flyway: add org.flywaydb:flyway-core, or remove the setting"
                            .formatted(participant));
        }
        ParticipantSchema.migrations(
                        new ParticipantDatabase(beans, participant, settings).dataSource(),
                        settings.schema(),
                        settings.migrations())
                .migrate();
    }
}
