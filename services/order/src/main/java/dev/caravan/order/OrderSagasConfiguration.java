package dev.caravan.order;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.monitoring.SagaView;
import dev.caravan.saga.spring.CaravanAutoConfiguration;
import java.net.URI;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Who carries orders out: an orchestrator elsewhere if one is named, or else a saga in this process if there can be one. */
@AutoConfiguration(after = {CaravanAutoConfiguration.class, JacksonAutoConfiguration.class})
class OrderSagasConfiguration {

    @Bean
    @ConditionalOnProperty("caravan.orders.orchestrator-url")
    OrderSagas remoteOrderSagas(
            @Value("${caravan.orders.orchestrator-url}") URI orchestrator,
            @Value("${caravan.orders.orchestrator-user:}") String user,
            @Value("${caravan.orders.orchestrator-password:}") String password,
            ObjectMapper json,
            ObjectProvider<SagaStarter> starter,
            ObjectProvider<SagaView> view) {
        RemoteOrderSagas remote = new RemoteOrderSagas(
                orchestrator, user.isBlank() ? Optional.empty() : Optional.of(user + ":" + password), json);
        SagaStarter local = starter.getIfAvailable();
        return local == null ? remote : new OrderSagasByStyle(remote, new LocalOrderSagas(local, view.getObject()));
    }

    @Bean
    @ConditionalOnBean(SagaStarter.class)
    @ConditionalOnMissingBean(OrderSagas.class)
    OrderSagas localOrderSagas(SagaStarter starter, SagaView view) {
        return new LocalOrderSagas(starter, view);
    }
}
