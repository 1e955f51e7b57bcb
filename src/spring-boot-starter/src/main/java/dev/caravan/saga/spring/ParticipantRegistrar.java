package dev.caravan.saga.spring;

import dev.caravan.saga.participant.Inbox;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * An inbox {@code <service>.inbox} for each participant of {@code caravan.participants}, unless the application has one.
 * It is made when the first route asks for it; its migrations are done before.
 */
final class ParticipantRegistrar implements ImportBeanDefinitionRegistrar {

    private final Environment environment;
    private final ListableBeanFactory beans;

    ParticipantRegistrar(Environment environment, BeanFactory beans) {
        this.environment = environment;
        this.beans = (ListableBeanFactory) beans;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
        participants().forEach((participant, settings) -> {
            if (settings.migrations() != null) {
                register(
                        registry,
                        participant + ".migrations",
                        ParticipantMigrations.class,
                        () -> new ParticipantMigrations(beans, participant, settings));
            }
            String inbox = participant + ".inbox";
            if (!registry.containsBeanDefinition(inbox)) {
                register(registry, inbox, Inbox.class, () -> new ParticipantInboxes(beans).inbox(participant, settings))
                        .setLazyInit(true);
            }
        });
    }

    private Map<String, ParticipantProperties> participants() {
        return Binder.get(environment)
                .bind("caravan.participants", Bindable.mapOf(String.class, ParticipantProperties.class))
                .orElse(Map.of());
    }

    private static <T> RootBeanDefinition register(
            BeanDefinitionRegistry registry, String name, Class<T> type, Supplier<T> supplier) {
        RootBeanDefinition definition = new RootBeanDefinition(type, supplier);
        registry.registerBeanDefinition(name, definition);
        return definition;
    }
}
