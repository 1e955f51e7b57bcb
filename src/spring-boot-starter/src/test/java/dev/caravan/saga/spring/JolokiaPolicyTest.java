package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import javax.management.ObjectName;
import org.jolokia.server.core.restrictor.policy.PolicyRestrictor;
import org.jolokia.server.core.util.RequestType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can be asked of JMX over HTTP. */
class JolokiaPolicyTest {

    private PolicyRestrictor policy;
    private ObjectName sagas;
    private ObjectName context;

    @BeforeEach
    void read() throws Exception {
        try (InputStream xml = getClass().getResourceAsStream("/caravan/jolokia-access.xml")) {
            policy = new PolicyRestrictor(xml);
        }
        sagas = new ObjectName("dev.caravan:type=Sagas");
        context = new ObjectName("org.apache.camel:context=camel-1,type=context,name=\"camel-1\"");
    }

    @Test
    void letsTheConsoleSeeRoutes() {
        assertThat(policy.isTypeAllowed(RequestType.LIST)).isTrue();
        assertThat(policy.isAttributeReadAllowed(context, "State")).isTrue();
        assertThat(policy.isOperationAllowed(context, "dumpRoutesAsXml()")).isTrue();
        assertThat(policy.isAttributeReadAllowed(sagas, "NeedingAttention")).isTrue();
    }

    /** Kafka's clients take MBeans away while the list is made, which leaves Hawtio without a tree. */
    @Test
    void leavesKafkaOutOfTheTree() throws Exception {
        assertThat(policy.isObjectNameHidden(
                        new ObjectName("kafka.producer:type=producer-topic-metrics,client-id=a,topic=b")))
                .isTrue();
        assertThat(policy.isObjectNameHidden(new ObjectName("kafka.server:type=app-info,id=1")))
                .isTrue();
        assertThat(policy.isObjectNameHidden(sagas)).isFalse();
        assertThat(policy.isObjectNameHidden(context)).isFalse();
    }

    @Test
    void letsNobodyChangeOrStartAnything() throws Exception {
        assertThat(policy.isOperationAllowed(sagas, "resolve")).isFalse();
        assertThat(policy.isOperationAllowed(sagas, "list")).isFalse();
        assertThat(policy.isOperationAllowed(context, "stop()")).isFalse();
        assertThat(policy.isOperationAllowed(context, "sendBody(java.lang.String,java.lang.Object)"))
                .isFalse();
        assertThat(policy.isOperationAllowed(new ObjectName("java.lang:type=Memory"), "gc"))
                .isFalse();
        assertThat(policy.isOperationAllowed(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"), "compilerDirectivesAdd"))
                .isFalse();
        assertThat(policy.isAttributeWriteAllowed(context, "Tracing")).isFalse();
    }

    @Test
    void answersProgramsAndItsOwnPagesAndNoPageOfAnotherOrigin() {
        assertThat(policy.isOriginAllowed(null, true)).isTrue();
        assertThat(policy.isOriginAllowed("http://localhost:8080", true)).isTrue();
        assertThat(policy.isOriginAllowed("http://evil.example", false)).isFalse();
    }

    @Test
    void letsNobodyReadSecrets() throws Exception {
        ObjectName runtime = new ObjectName("java.lang:type=Runtime");

        assertThat(policy.isAttributeReadAllowed(runtime, "SystemProperties")).isFalse();
        assertThat(policy.isAttributeReadAllowed(runtime, "InputArguments")).isFalse();
        assertThat(policy.isAttributeReadAllowed(
                        new ObjectName("com.zaxxer.hikari:type=HikariDataSource,name=x"), "Password"))
                .isFalse();
    }
}
