package dev.caravan.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.Handle;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.Type;

/**
 * Each method, field and class that the jars call is there on this class path. What compiles against both lines may yet be
 * missing when it runs: a method that returns another type is another method.
 */
class LinkageTest {

    /** Of libraries that this application does without, and of the older line; whoever calls them looks first whether they are there. */
    private static final List<String> OPTIONAL = List.of(
            "io.micrometer.tracing.",
            "org.jolokia.",
            "io.hawt.",
            "org.springframework.boot.actuate.health.",
            "org.springframework.boot.autoconfigure.jackson.");

    private final Set<String> missing = new TreeSet<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev.caravan.saga.SagaId",
                "dev.caravan.saga.camel.SagaStarter",
                "dev.caravan.saga.spring.CaravanAutoConfiguration",
                "dev.caravan.saga.test.SagaScenario"
            })
    void whatAJarCallsIsThere(String inThatJar) throws Exception {
        Path place = Path.of(Class.forName(inThatJar)
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        if (Files.isDirectory(place)) {
            read(place);
        } else {
            try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + place.toUri()), Map.of())) {
                read(jar.getPath("/"));
            }
        }

        assertThat(missing).isEmpty();
    }

    private void read(Path root) throws IOException {
        List<Path> classes;
        try (Stream<Path> files = Files.walk(root)) {
            classes = files.filter(file -> file.toString().endsWith(".class")).toList();
        }
        assertThat(classes).isNotEmpty();
        for (Path file : classes) {
            new ClassReader(Files.readAllBytes(file)).accept(new Calls(), ClassReader.SKIP_DEBUG);
        }
    }

    private final class Calls extends ClassVisitor {

        private String caller;

        private Calls() {
            super(Opcodes.ASM9);
        }

        @Override
        public void visit(int version, int access, String name, String sign, String parent, String[] interfaces) {
            caller = Type.getObjectType(name).getClassName();
            if (parent != null) {
                find(parent);
            }
            Arrays.stream(interfaces).forEach(this::find);
        }

        @Override
        public MethodVisitor visitMethod(int access, String name, String descriptor, String sign, String[] thrown) {
            return new MethodVisitor(Opcodes.ASM9) {

                @Override
                public void visitMethodInsn(int code, String owner, String method, String type, boolean ofInterface) {
                    called(owner, method, type);
                }

                @Override
                public void visitFieldInsn(int code, String owner, String field, String type) {
                    read(owner, field, type);
                }

                @Override
                public void visitTypeInsn(int code, String type) {
                    find(type);
                }

                @Override
                public void visitInvokeDynamicInsn(String method, String type, Handle bootstrap, Object... arguments) {
                    if (bootstrap.getOwner().equals("java/lang/invoke/LambdaMetafactory")) {
                        implemented(Type.getReturnType(type), method, (Type) arguments[0]);
                    }
                    for (Object argument : arguments) {
                        if (argument instanceof Handle handle && handle.getTag() >= Opcodes.H_INVOKEVIRTUAL) {
                            called(handle.getOwner(), handle.getName(), handle.getDesc());
                        }
                    }
                }
            };
        }

        private void called(String owner, String method, String type) {
            Class<?> found = find(owner);
            if (found == null || found.isArray() || found.getName().startsWith("java.lang.invoke.")) {
                return;
            }
            try {
                boolean there = all(found)
                        .flatMap(each -> Stream.<Executable>concat(
                                Arrays.stream(each.getDeclaredMethods()),
                                Arrays.stream(each.getDeclaredConstructors())))
                        .anyMatch(each -> is(each, method, type));
                if (!there) {
                    missing.add("%s calls %s.%s%s".formatted(caller, owner, method, type));
                }
            } catch (NoClassDefFoundError e) {
                lacks(found.getName(), e.getMessage());
            }
        }

        /** A lambda has the one method that was abstract when it was compiled. */
        private void implemented(Type type, String method, Type lambda) {
            Class<?> found = find(type.getInternalName());
            if (found == null) {
                return;
            }
            try {
                all(found)
                        .distinct()
                        .filter(each -> each != Object.class)
                        .flatMap(each -> Arrays.stream(each.getDeclaredMethods()))
                        .filter(each -> Modifier.isAbstract(each.getModifiers()))
                        .filter(each -> !is(each, method, lambda.getDescriptor()) && !isOfObject(each))
                        .filter(each -> all(found)
                                .distinct()
                                .flatMap(over -> Arrays.stream(over.getDeclaredMethods()))
                                .noneMatch(over ->
                                        over.isDefault() && over.getName().equals(each.getName())))
                        .filter(each -> !each.getName().equals(method))
                        .forEach(each -> missing.add("%s has a lambda without %s".formatted(caller, each)));
            } catch (NoClassDefFoundError e) {
                lacks(found.getName(), e.getMessage());
            }
        }

        private static boolean isOfObject(Method method) {
            return Arrays.stream(Object.class.getMethods())
                    .anyMatch(each -> each.getName().equals(method.getName())
                            && Arrays.equals(each.getParameterTypes(), method.getParameterTypes()));
        }

        private void read(String owner, String field, String type) {
            Class<?> found = find(owner);
            if (found == null) {
                return;
            }
            try {
                if (all(found)
                        .flatMap(each -> Arrays.stream(each.getDeclaredFields()))
                        .noneMatch(each -> each.getName().equals(field)
                                && Type.getDescriptor(each.getType()).equals(type))) {
                    missing.add("%s reads %s.%s".formatted(caller, owner, field));
                }
            } catch (NoClassDefFoundError e) {
                lacks(found.getName(), e.getMessage());
            }
        }

        private Class<?> find(String type) {
            Type of = Type.getObjectType(type);
            String name = of.getSort() == Type.ARRAY ? type.replace('/', '.') : of.getClassName();
            try {
                return Class.forName(name, false, LinkageTest.class.getClassLoader());
            } catch (ClassNotFoundException e) {
                lacks(caller, name);
            } catch (NoClassDefFoundError e) {
                lacks(name, e.getMessage());
            }
            return null;
        }

        private void lacks(String who, String name) {
            String type = name.replace('/', '.');
            if (OPTIONAL.stream().noneMatch(type::startsWith)) {
                missing.add("%s lacks %s".formatted(who, type));
            }
        }
    }

    private static boolean is(Executable there, String method, String type) {
        return there instanceof Method of
                ? of.getName().equals(method) && Type.getMethodDescriptor(of).equals(type)
                : method.equals("<init>")
                        && Type.getConstructorDescriptor((Constructor<?>) there).equals(type);
    }

    private static Stream<Class<?>> all(Class<?> type) {
        Stream<Class<?>> above = Stream.concat(
                Stream.ofNullable(type.getSuperclass()), type.isInterface() ? Stream.of(Object.class) : Stream.empty());
        return Stream.concat(
                Stream.of(type),
                Stream.concat(above, Arrays.stream(type.getInterfaces())).flatMap(LinkageTest::all));
    }
}
