package dev.caravan.saga.camel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ConvertBodyDefinition;
import org.apache.camel.model.DataFormatDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.UnmarshalDefinition;
import org.apache.camel.model.dataformat.JsonDataFormat;

/**
 * The application's classes of which values may be read from the saga log: those that it named in {@code
 * caravan.serializable-types}, and those that its routes unmarshal or convert bodies to. Nobody who can write to the log
 * can have another class loaded.
 */
final class KeptTypes {

    static final String SETTING = "caravan.serializable-types";

    private static final String ANY = ".*";

    private final CamelContext context;
    private final List<String> named;

    KeptTypes(CamelContext context) {
        this.context = context;
        this.named = named(context);
    }

    /** With commas between them, or one by one as a list of YAML is in Spring's environment. */
    private static List<String> named(CamelContext context) {
        List<String> names = new ArrayList<>();
        String key = SETTING;
        for (int i = 0; key != null; i++) {
            Optional<String> value = context.getPropertiesComponent().resolveProperty(key);
            value.ifPresent(
                    some -> Arrays.stream(some.split(",")).map(String::strip).forEach(names::add));
            key = value.isPresent() || i == 0 ? "%s[%d]".formatted(SETTING, i) : null;
        }
        return List.copyOf(names);
    }

    boolean allows(String className) {
        return named.stream().anyMatch(name -> matches(name, className))
                || ofRoutes().contains(className);
    }

    /** {@code com.acme.*} is the package and those below it. */
    private static boolean matches(String name, String className) {
        return name.endsWith(ANY) ? className.startsWith(name.substring(0, name.length() - 1)) : className.equals(name);
    }

    /** @return empty: the application did not name it, or has it no more */
    Optional<Class<?>> find(String className) {
        return allows(className)
                ? Optional.ofNullable(context.getClassResolver().resolveClass(className))
                : Optional.empty();
    }

    private Set<String> ofRoutes() {
        Set<String> types = new TreeSet<>();
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        for (RouteDefinition route : model == null ? List.<RouteDefinition>of() : model.getRouteDefinitions()) {
            collect(route, types);
        }
        return types;
    }

    private static void collect(ProcessorDefinition<?> node, Set<String> types) {
        if (node instanceof ConvertBodyDefinition convert) {
            add(types, convert.getTypeClass(), convert.getType());
        } else if (node instanceof UnmarshalDefinition unmarshal) {
            DataFormatDefinition format = unmarshal.getDataFormatType();
            if (format instanceof JsonDataFormat json) {
                add(types, json.getUnmarshalType(), json.getUnmarshalTypeName());
            }
        }
        for (ProcessorDefinition<?> child : node.getOutputs()) {
            collect(child, types);
        }
    }

    private static void add(Set<String> types, Class<?> type, String name) {
        if (type != null) {
            types.add(type.getName());
        } else if (name != null) {
            types.add(name);
        }
    }
}
