package dev.caravan.saga.spring;

import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.KafkaHostLoop;
import dev.caravan.saga.kafka.KafkaParticipants;
import dev.caravan.saga.lra.LraSagaService;
import dev.caravan.saga.monitoring.SagaView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.health.CompositeHealthContributor;
import org.springframework.boot.actuate.health.HealthContributor;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * The component {@code caravan} of the health endpoint: {@code kafka}; {@code participants} where there are any; {@code
 * host} and {@code readers} (of the whole log: the list of sagas, and who waits for answers of other applications) where
 * sagas run, and {@code coordinator} in mode {@code lra}. It belongs into the readiness of an application; an application
 * that is not ready needs no restart.
 */
@AutoConfiguration(
        after = {CaravanAutoConfiguration.class, LraAutoConfiguration.class, MonitoringAutoConfiguration.class})
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnBean({KafkaClients.class, KafkaParticipants.class})
public class HealthAutoConfiguration {

    @Bean
    KafkaHealth caravanKafkaHealth(KafkaClients clients) {
        return new KafkaHealth(clients);
    }

    @Bean
    HealthContributor caravanHealthContributor(
            KafkaHealth kafka,
            KafkaParticipants participants,
            ObjectProvider<SagaHost> host,
            ObjectProvider<KafkaHostLoop> loop,
            ObjectProvider<SagaView> view,
            ObjectProvider<LraSagaService> lra,
            Environment environment) {
        Map<String, HealthContributor> parts = new LinkedHashMap<>();
        host.ifAvailable(sagas -> {
            parts.put("host", new SagaHostHealth(sagas, troubles(loop, KafkaHostLoop::trouble), () -> loop.stream()
                    .flatMap(here -> here.fenced().stream())
                    .toList()));
            List<Supplier<Optional<String>>> readers = new ArrayList<>(troubles(view, SagaView::trouble));
            readers.add(sagas.requests()::trouble);
            parts.put("readers", new TroubleHealth(readers));
        });
        parts.put("participants", new ParticipantsHealth(participants));
        parts.put("kafka", kafka);
        lra.ifAvailable(service ->
                parts.put("coordinator", new CoordinatorHealth(LraAutoConfiguration.coordinator(environment))));
        return CompositeHealthContributor.fromMap(parts);
    }

    private static <T> List<Supplier<Optional<String>>> troubles(
            ObjectProvider<T> all, Function<T, Optional<String>> trouble) {
        return all.stream()
                .<Supplier<Optional<String>>>map(each -> () -> trouble.apply(each))
                .toList();
    }
}
