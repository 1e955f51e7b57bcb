package dev.caravan.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.caravan.saga.test.SagaScenario.RouteSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ExpressionSubElementDefinition;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RoutesDefinition;
import org.apache.camel.model.language.ConstantExpression;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The notations of the order saga say the same. */
class NotationsTest {

    @ParameterizedTest
    @EnumSource
    void haveTheSameModel(Notation notation) throws Exception {
        assertThat(model(notation::addTo)).hasSize(11).isEqualTo(model(Notation.XML::addTo));
    }

    /** There is none in YAML. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "YAML")
    void haveTheSameModelByEvents(Notation notation) throws Exception {
        assertThat(model(notation::addEventsTo)).hasSize(17).isEqualTo(model(Notation.XML::addEventsTo));
    }

    /** The routes as Camel has them in memory, written down in one way. Ids that Camel makes up are left out. */
    private static List<String> model(RouteSource source) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            source.addTo(context);
            return Stream.of(context.getRouteDefinitions())
                    .flatMap(List::stream)
                    .map(route -> {
                        route.getOutputs().forEach(NotationsTest::spellOut);
                        RoutesDefinition one = new RoutesDefinition();
                        one.setRoutes(List.of(route));
                        try {
                            return PluginHelper.getModelToXMLDumper(context).dumpModelAsXml(context, one);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    })
                    .toList();
        }
    }

    /** Of {@code handled(true)} in Java, Camel keeps no model that it could write down. */
    private static void spellOut(ProcessorDefinition<?> output) {
        if (output instanceof OnExceptionDefinition rule && rule.getHandledPolicy() != null) {
            rule.setHandled(new ExpressionSubElementDefinition(
                    new ConstantExpression(rule.getHandledPolicy().toString())));
        }
    }

    /** Tools that draw routes, such as Kaoto, go by this schema. */
    @Test
    void theYamlIsAsCamelsSchemaHasIt() throws IOException {
        try (InputStream schema = getClass().getResourceAsStream("/schema/camelYamlDsl.json")) {
            assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4)
                            .getSchema(new ObjectMapper().readTree(schema))
                            .validate(new YAMLMapper()
                                    .readTree(Path.of("orchestration/order-saga.camel.yaml")
                                            .toFile())))
                    .isEmpty();
        }
    }
}
