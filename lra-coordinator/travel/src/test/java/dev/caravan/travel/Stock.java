package dev.caravan.travel;

import java.nio.file.Path;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.service.lra.LRASagaService;

/** An application with Camel's own service for LRA, put in by code. Its one argument is which. */
final class Stock {

    private Stock() {}

    public static void main(String[] arguments) throws Exception {
        Application application = Application.valueOf(arguments[0]);
        Main main = new Main();
        main.bind(
                "jms",
                JmsComponent.jmsComponentAutoAcknowledge(new ActiveMQConnectionFactory(System.getProperty("jms.url"))));
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                int port = Integer.getInteger(application.id() + ".callbacks");
                restConfiguration().component("undertow").host("127.0.0.1").port(port);
                LRASagaService sagas = new LRASagaService();
                sagas.setCoordinatorUrl(System.getProperty("coordinator.url"));
                sagas.setLocalParticipantUrl("http://127.0.0.1:" + port);
                getContext().addService(sagas);
            }
        });
        main.configure().addRoutesBuilder(new TravelRoutes(application, Path.of(System.getProperty("ledgers"))));
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void afterStart(BaseMainSupport started) {
                System.out.println(Application.READY);
            }
        });
        main.run();
    }
}
