package dev.caravan.saga.camel;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.PropertyExpressionDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.support.DefaultExchange;

/**
 * What a route says of its saga or step by a {@code <routeProperty>} can be said by an option of its {@code <saga>} block
 * as well, since YAML has no properties of routes. Such an option becomes a property of the route before the route is made;
 * no compensation gets it.
 */
final class RouteProperties extends ModelLifecycleStrategySupport {

    private static final Set<String> KEYS = Set.of(
            SagaConstants.VERSION,
            SagaConstants.VERSION_OF,
            SagaConstants.STEP_KIND,
            SagaConstants.STEP_NAME,
            SagaConstants.RECOVERY,
            SagaConstants.CHILD);

    private final CamelContext context;

    private RouteProperties(CamelContext context) {
        this.context = context;
    }

    /** For the routes that are there, and for those to come. Once is enough, more do not harm. */
    static void watch(CamelContext context) {
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        if (model.getModelLifecycleStrategies().stream().noneMatch(RouteProperties.class::isInstance)) {
            RouteProperties properties = new RouteProperties(context);
            model.getRouteDefinitions().forEach(properties::onAddRouteDefinition);
            model.addModelLifecycleStrategy(properties);
        }
    }

    @Override
    public void onAddRouteDefinition(RouteDefinition route) {
        ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), SagaDefinition.class)
                .forEach(block -> move(route, block));
    }

    private void move(RouteDefinition route, SagaDefinition block) {
        if (block.getOptions() == null) {
            return;
        }
        List<PropertyExpressionDefinition> others = new ArrayList<>();
        for (PropertyExpressionDefinition option : block.getOptions()) {
            if (KEYS.contains(option.getKey())) {
                route.routeProperty(option.getKey(), value(route, option));
            } else {
                others.add(option);
            }
        }
        block.setOptions(others);
    }

    private String value(RouteDefinition route, PropertyExpressionDefinition option) {
        String value = option.getExpression().evaluate(new DefaultExchange(context), String.class);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(
                    "The option %s of the <saga> in route %s has no value. It has to be a constant"
                            .formatted(option.getKey(), route.getRouteId()));
        }
        return value;
    }
}
