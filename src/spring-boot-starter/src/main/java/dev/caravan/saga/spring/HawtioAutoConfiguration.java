package dev.caravan.saga.spring;

import dev.caravan.saga.engine.SagaHost;
import io.hawt.springboot.HawtioPlugin;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** The tab Sagas of Hawtio. Its script is {@code hawtio-static/static/sagas/remoteEntry.js}. */
@AutoConfiguration(after = CaravanAutoConfiguration.class)
@ConditionalOnClass(HawtioPlugin.class)
@ConditionalOnBean(SagaHost.class)
public class HawtioAutoConfiguration {

    @Bean
    HawtioPlugin caravanSagasTab() {
        return new HawtioPlugin("caravanSagas", "./plugin", "static/sagas");
    }
}
