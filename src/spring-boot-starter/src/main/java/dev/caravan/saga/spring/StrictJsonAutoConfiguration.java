package dev.caravan.saga.spring;

import dev.caravan.saga.camel.StartRefusedException;
import dev.caravan.saga.message.StrictJson;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.jackson.Jackson2ObjectMapperBuilderCustomizer;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.converter.json.Jackson2ObjectMapperBuilder;

/**
 * Has the application's own JSON, that of its HTTP requests too, read by the rules of {@link StrictJson}: 400 for a key that
 * is there twice, and for a number that is out of bounds. Only where {@code caravan.http.strict-json} asks for it.
 */
@AutoConfiguration(beforeName = "org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration")
@ConditionalOnProperty("caravan.http.strict-json")
public class StrictJsonAutoConfiguration {

    /** Up to Spring Boot 3. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({Jackson2ObjectMapperBuilder.class, JacksonAutoConfiguration.class})
    static class WithJackson2 {

        @Bean
        Jackson2ObjectMapperBuilderCustomizer caravanStrictJson() {
            return mapper -> mapper.factory(new StrictJson());
        }
    }

    /** Whoever asked for it is not left without it in silence. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration")
    static class WithJackson3 {

        WithJackson3() {
            throw new StartRefusedException(
                    "caravan.http.strict-json is set, and in Spring Boot 4 the application's JSON is read by Jackson 3, which"
                            + " the rules of Caravan cannot be given to.",
                    "Remove it, and set spring.jackson.read.strict-duplicate-detection=true.");
        }
    }
}
