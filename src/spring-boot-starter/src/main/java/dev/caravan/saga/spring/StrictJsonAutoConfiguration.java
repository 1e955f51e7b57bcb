package dev.caravan.saga.spring;

import dev.caravan.saga.message.StrictJson;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.jackson.Jackson2ObjectMapperBuilderCustomizer;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.http.converter.json.Jackson2ObjectMapperBuilder;

/**
 * Has the application's own JSON, that of its HTTP requests too, read by the rules of {@link StrictJson}: 400 for a key that
 * is there twice, and for a number that is out of bounds. Only where {@code caravan.http.strict-json} asks for it.
 */
@AutoConfiguration(before = JacksonAutoConfiguration.class)
@ConditionalOnClass({Jackson2ObjectMapperBuilder.class, JacksonAutoConfiguration.class})
@ConditionalOnProperty("caravan.http.strict-json")
public class StrictJsonAutoConfiguration {

    @Bean
    Jackson2ObjectMapperBuilderCustomizer caravanStrictJson() {
        return mapper -> mapper.factory(new StrictJson());
    }
}
