package dev.caravan.shop;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** An instance of the four services in the JVM of the test, with a Kafka of its own that the test writes to. */
final class ServicesInstance implements AutoCloseable {

    private final MessageCodec codec = new MessageCodec();
    private final EmbeddedKafka kafka;
    private final ConfigurableApplicationContext context;

    /** @param databaseUrl of a database that it may share with another instance */
    ServicesInstance(String name, String databaseUrl) {
        Path directory = FreshDataDirectory.make(name);
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka")));
        context = new SpringApplicationBuilder(ShopApplication.class)
                .properties("spring.config.name=shop")
                .run(
                        "--server.port=0",
                        "--camel.component.kafka.brokers=" + kafka.bootstrapServers(),
                        "--spring.datasource.url=" + databaseUrl,
                        "--spring.application.name=services",
                        "--spring.jmx.enabled=false",
                        "--caravan.shop.data-dir=" + directory,
                        "--caravan.coordinator=none",
                        "--caravan.lra.coordinator.embedded=false",
                        "--caravan.shop.timeline=false",
                        "--caravan.shop.tour=false",
                        "--camel.main.routes-include-pattern=classpath:caravan/participants/*.camel.xml",
                        "--caravan.routes.expected=payment-service-process-payment",
                        "--management.endpoint.health.group.readiness.include=readinessState");
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    void send(List<SagaCommand> commands) {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            for (SagaCommand command : commands) {
                String topic = command.phase() == Phase.COMPENSATION
                        ? "compensation-commands"
                        : command.service() + "-commands";
                ProducerRecord<String, byte[]> message =
                        new ProducerRecord<>(topic, command.sagaId().value(), codec.encode(command));
                message.headers().add(Phase.HEADER, command.phase().name().getBytes(StandardCharsets.UTF_8));
                producer.send(message);
            }
        }
    }

    List<SagaReply> replies() {
        return SagaTopic.read(kafka.bootstrapServers(), "saga-replies").stream()
                .map(reply -> codec.decodeReply(reply.value()))
                .toList();
    }

    /** How many messages it could not read or do. */
    int deadLetters() {
        return SagaTopic.names(kafka.bootstrapServers()).stream()
                .filter(topic -> topic.endsWith("-dlq"))
                .mapToInt(
                        topic -> SagaTopic.read(kafka.bootstrapServers(), topic).size())
                .sum();
    }

    @Override
    public void close() {
        try (kafka) {
            context.close();
        }
    }
}
