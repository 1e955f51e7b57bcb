package dev.caravan.saga.camel;

import dev.caravan.saga.camel.OthersRoutes.Shape;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Header;
import org.apache.camel.builder.AggregationStrategies;
import org.apache.camel.model.SagaCompletionMode;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;

/** Applications as others write them, whose steps are called as by HTTP and JMS, or by what else there is in Camel. */
final class OthersEndpointShapes {

    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    private OthersEndpointShapes() {}

    static Map<String, Shape> all() {
        OthersEndpointShapes all = new OthersEndpointShapes();
        all.wires();
        all.propagationsByWire();
        all.balancers();
        all.handlers();
        all.branches();
        all.messages();
        return all.shapes;
    }

    private void add(String name, Shape shape) {
        if (shapes.put(name, shape) != null) {
            throw new IllegalArgumentException(name);
        }
    }

    private static void wired(OthersRoutes r, String name) {
        r.from("wire:" + name).to("direct:" + name);
    }

    private void wires() {
        for (boolean fails : List.of(false, true)) {
            add("payment, train and flight by HTTP" + (fails ? ", and the last one fails" : ""), r -> {
                r.saga().to("wire:payment").to("wire:train").to("wire:flight").process(r.notes("end"));
                for (String name : List.of("payment", "train", "flight")) {
                    wired(r, name);
                }
                r.plain("payment").setBody(r.simple("paid ${body}"));
                r.plain("train").setHeader("seat", r.constant(12));
                if (fails) {
                    r.failing("flight");
                } else {
                    r.plain("flight");
                }
            });
            add("a step that calls another by HTTP" + (fails ? ", which fails" : ""), r -> {
                r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
                r.plain("order").to("wire:stock");
                wired(r, "stock");
                if (fails) {
                    r.failing("stock");
                } else {
                    r.plain("stock").setBody(r.constant("reserved"));
                }
                r.plain("credit");
            });
        }
        add("by HTTP, the block at the entrance", r -> {
            r.saga().to("wire:hotel").to("direct:flight").process(r.notes("end"));
            r.from("direct:undo-hotel").process(r.undoes("hotel"));
            r.from("direct:confirm-hotel").process(r.confirms("hotel"));
            r.from("wire:hotel")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-hotel")
                    .completion("direct:confirm-hotel")
                    .option("id", r.header("id"))
                    .process(r.does("hotel"))
                    .setBody(r.simple("${body} booked"));
            r.plain("flight");
        });
        add("by HTTP for each item", r -> {
            r.saga()
                    .setBody(r.constant(List.of("a", "b", "c")))
                    .split(r.body(), AggregationStrategies.groupedBody())
                    .setHeader("id", r.body())
                    .to("wire:hotel")
                    .end()
                    .process(r.notes("end"));
            wired(r, "hotel");
            r.plain("hotel").setBody(r.simple("${body}!"));
        });
        add("by HTTP in parallel", r -> {
            r.saga()
                    .multicast(AggregationStrategies.groupedBody())
                    .parallelProcessing()
                    .to("wire:hotel", "wire:flight")
                    .end()
                    .process(r.notes("end"));
            for (String name : List.of("hotel", "flight")) {
                wired(r, name);
                r.plain(name).setBody(r.constant(name));
            }
        });
        add("by HTTP, and the route fails behind it", r -> {
            r.saga().to("wire:hotel").process(r.fails("end"));
            wired(r, "hotel");
            r.plain("hotel");
        });
        for (boolean fails : List.of(false, true)) {
            add("by HTTP twice with equal options" + (fails ? ", and the route fails behind it" : ""), r -> {
                r.saga()
                        .loop(2)
                        .to("wire:hotel")
                        .end()
                        .filter(r.constant(fails))
                        .process(r.fails("end"));
                wired(r, "hotel");
                r.plain("hotel");
            });
        }
        add("enriched by HTTP", r -> {
            r.saga()
                    .enrich("wire:price", (original, price) -> {
                        original.getIn().setHeader("price", price.getMessage().getBody());
                        return original;
                    })
                    .to("direct:hotel")
                    .process(r.notes("end"));
            wired(r, "price");
            r.plain("price").setBody(r.constant(12));
            r.plain("hotel");
        });
        add("by HTTP, caught", r -> {
            r.saga()
                    .doTry()
                    .to("wire:hotel")
                    .doCatch(IllegalStateException.class)
                    .setHeader("why", r.simple("${exception.message}"))
                    .to("direct:camping")
                    .end()
                    .process(r.notes("end"));
            wired(r, "hotel");
            r.step("hotel").process(r.fails("hotel"));
            r.plain("camping");
        });
        add("MANUAL, completed by HTTP", r -> {
            r.from("direct:start")
                    .saga()
                    .completionMode(SagaCompletionMode.MANUAL)
                    .to("wire:order")
                    .to("wire:done");
            wired(r, "order");
            r.plain("order");
            r.from("wire:done").saga().propagation(SagaPropagation.MANDATORY).to("saga:complete");
        });
        add("MANUAL, compensated by HTTP", r -> {
            r.from("direct:start")
                    .saga()
                    .completionMode(SagaCompletionMode.MANUAL)
                    .to("direct:order")
                    .to("wire:no");
            r.plain("order");
            r.from("wire:no").saga().propagation(SagaPropagation.MANDATORY).to("saga:compensate");
        });
        add("a step by HTTP calls the next by HTTP", r -> {
            r.saga().to("wire:order").process(r.notes("end"));
            wired(r, "order");
            wired(r, "credit");
            r.plain("order").to("wire:credit");
            r.plain("credit").setBody(r.constant("paid"));
        });
        add("toD by HTTP", r -> {
            r.saga()
                    .setHeader("where", r.constant("hotel"))
                    .toD("wire:${header.where}")
                    .process(r.notes("end"));
            wired(r, "hotel");
            r.plain("hotel");
        });
        add("a slip of addresses", r -> {
            r.saga().routingSlip(r.constant("wire:hotel,wire:flight")).end().process(r.notes("end"));
            for (String name : List.of("hotel", "flight")) {
                wired(r, name);
                r.plain(name).setBody(r.simple("${body} " + name));
            }
        });
    }

    private void propagationsByWire() {
        for (SagaPropagation propagation : SagaPropagation.values()) {
            add("by HTTP " + propagation, r -> {
                r.saga().to("direct:order").to("wire:credit").process(r.notes("end"));
                r.plain("order");
                wired(r, "credit");
                if (propagation == SagaPropagation.NOT_SUPPORTED || propagation == SagaPropagation.NEVER) {
                    r.from("direct:credit").saga().propagation(propagation).process(r.notes("credit"));
                } else {
                    r.step("credit", propagation).process(r.does("credit"));
                }
            });
        }
        add("by HTTP REQUIRES_NEW, and the route fails behind it", r -> {
            r.saga().to("direct:order").to("wire:credit").process(r.fails("end"));
            r.plain("order");
            wired(r, "credit");
            r.step("credit", SagaPropagation.REQUIRES_NEW).process(r.does("credit"));
        });
    }

    private void balancers() {
        add("round robin", r -> {
            r.saga()
                    .loop(3)
                    .loadBalance()
                    .roundRobin()
                    .to("direct:hotel", "direct:flight")
                    .end()
                    .end()
                    .process(r.notes("end"));
            r.plain("hotel");
            r.plain("flight");
        });
        add("balanced by topic", r -> {
            r.saga()
                    .loadBalance()
                    .topic()
                    .to("direct:hotel", "direct:flight")
                    .end()
                    .process(r.notes("end"));
            r.plain("hotel").setHeader("h", r.constant(1));
            r.plain("flight");
        });
        add("sticky", r -> {
            r.saga()
                    .loop(2)
                    .loadBalance()
                    .sticky(r.header("id"))
                    .to("direct:hotel", "direct:flight")
                    .end()
                    .end()
                    .process(r.notes("end"));
            r.plain("hotel");
            r.plain("flight");
        });
        add("failover that goes round", r -> {
            r.saga()
                    .loadBalance()
                    .failover(2, false, true)
                    .to("direct:first", "direct:second", "direct:third")
                    .end()
                    .process(r.notes("end"));
            r.step("first").process(r.fails("first"));
            r.step("second").process(r.fails("second"));
            r.plain("third").setBody(r.constant("third"));
        });
        add("failover by HTTP", r -> {
            r.saga()
                    .loadBalance()
                    .failover()
                    .to("wire:first", "wire:second")
                    .end()
                    .process(r.notes("end"));
            wired(r, "first");
            wired(r, "second");
            r.step("first").process(r.fails("first"));
            r.plain("second");
        });
    }

    private void handlers() {
        add("doCatch onWhen, and another", r -> {
            r.saga()
                    .doTry()
                    .to("direct:order")
                    .process(r.fails("x"))
                    .doCatch(IllegalStateException.class)
                    .onWhen(r.simple("${exception.message} == 'y failed'"))
                    .to("direct:never")
                    .doCatch(Exception.class)
                    .to("direct:credit")
                    .doFinally()
                    .process(r.notes("finally"))
                    .end()
                    .process(r.notes("end"));
            r.plain("order");
            r.plain("never");
            r.plain("credit");
        });
        add("doFinally with a step, and it fails", r -> {
            r.saga()
                    .doTry()
                    .to("direct:order")
                    .process(r.fails("x"))
                    .doFinally()
                    .to("direct:credit")
                    .end();
            r.plain("order");
            r.plain("credit");
        });
        add("doTry within doTry", r -> {
            r.saga()
                    .doTry()
                    .doTry()
                    .process(r.fails("inner"))
                    .doCatch(IllegalArgumentException.class)
                    .to("direct:never")
                    .end()
                    .endDoTry()
                    .doCatch(IllegalStateException.class)
                    .to("direct:order")
                    .end()
                    .to("direct:credit")
                    .process(r.notes("end"));
            r.plain("never");
            r.plain("order");
            r.plain("credit");
        });
        add("onException of one kind, with a step", r -> {
            r.from("direct:start")
                    .onException(IllegalArgumentException.class)
                    .handled(true)
                    .to("direct:never")
                    .end()
                    .onException(IllegalStateException.class)
                    .handled(false)
                    .process(r.notes("handled"))
                    .end()
                    .saga()
                    .to("direct:order")
                    .to("direct:credit");
            r.plain("order");
            r.plain("never");
            r.failing("credit");
        });
        add("onException with redelivery in a step", r -> {
            int[] tries = new int[1];
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.plain("order");
            r.from("direct:undo-credit").process(r.undoes("credit"));
            r.from("direct:credit")
                    .onException(IllegalStateException.class)
                    .maximumRedeliveries(3)
                    .redeliveryDelay(10)
                    .end()
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-credit")
                    .process(exchange -> {
                        if (tries[0]++ < 2) {
                            throw new IllegalStateException("not yet");
                        }
                    })
                    .process(r.does("credit"));
        });
        add("a compensation that catches its own failure", r -> {
            r.saga().to("direct:order").process(r.fails("end"));
            r.from("direct:undone")
                    .doTry()
                    .process(r.fails("first way"))
                    .doCatch(Exception.class)
                    .process(r.undoes("order"))
                    .end();
            r.from("direct:order")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undone")
                    .option("id", r.header("id"))
                    .process(r.does("order"));
        });
        add("interceptSendToEndpoint, and on", r -> {
            r.interceptSendToEndpoint("direct:hotel")
                    .setHeader("seen", r.constant(true))
                    .process(r.notes("before hotel"));
            r.saga().to("direct:hotel").process(r.notes("end"));
            r.plain("hotel");
        });
        add("onCompletion, parallel", r -> {
            r.from("direct:start")
                    .onCompletion()
                    .parallelProcessing()
                    .process(r.notes("completed"))
                    .end()
                    .saga()
                    .to("direct:hotel")
                    .to("direct:flight");
            r.plain("hotel");
            r.plain("flight");
        });
    }

    private void branches() {
        add("multicast that shares its unit of work, one fails", r -> {
            r.saga()
                    .multicast()
                    .shareUnitOfWork()
                    .to("direct:hotel", "direct:flight")
                    .end()
                    .process(r.notes("end"));
            r.plain("hotel");
            r.failing("flight");
        });
        add("recipient list, one fails and it stops", r -> {
            r.saga()
                    .recipientList(r.constant("direct:hotel,direct:flight,direct:car"))
                    .stopOnException()
                    .end()
                    .process(r.notes("end"));
            r.plain("hotel");
            r.failing("flight");
            r.plain("car");
        });
        add("recipient list by HTTP in parallel", r -> {
            r.saga()
                    .recipientList(r.constant("wire:hotel;wire:flight"), ";")
                    .parallelProcessing()
                    .aggregationStrategy(AggregationStrategies.groupedBody())
                    .end()
                    .process(r.notes("end"));
            for (String name : List.of("hotel", "flight")) {
                wired(r, name);
                r.plain(name).setBody(r.constant(name));
            }
        });
        add("split that counts", r -> {
            r.saga()
                    .setBody(r.constant("a,b,c"))
                    .split(r.body().tokenize(","), (sum, one) -> {
                        int before = sum == null ? 0 : sum.getMessage().getBody(Integer.class);
                        one.getMessage().setBody(before + 1);
                        return one;
                    })
                    .streaming()
                    .to("direct:hotel")
                    .end()
                    .to("direct:flight")
                    .process(r.notes("end"));
            r.plain("hotel");
            r.plain("flight");
        });
        add("split within a doTry, and it stops", r -> {
            r.saga()
                    .to("direct:order")
                    .doTry()
                    .split(r.constant(List.of("a", "b", "c")))
                    .stopOnException()
                    .filter(r.body().isEqualTo("b"))
                    .process(r.fails("b"))
                    .end()
                    .to("direct:hotel")
                    .end()
                    .endDoTry()
                    .doCatch(Exception.class)
                    .to("direct:flight")
                    .end()
                    .process(r.notes("end"));
            r.plain("order");
            r.plain("hotel");
            r.plain("flight");
        });
        add("split in parallel, one stops", r -> {
            r.saga()
                    .split(r.constant(List.of("a", "b", "c")))
                    .parallelProcessing()
                    .choice()
                    .when(r.body().isEqualTo("b"))
                    .stop()
                    .end()
                    .to("direct:hotel")
                    .end()
                    .process(r.notes("end"));
            r.plain("hotel");
        });
        add("multicast that prepares each message", r -> {
            r.saga()
                    .multicast()
                    .onPrepare(exchange -> exchange.getIn().setHeader("prepared", true))
                    .to("direct:hotel", "direct:flight")
                    .end()
                    .process(r.notes("end"));
            r.plain("hotel");
            r.plain("flight");
        });
        add("threads in a step", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.plain("order").threads(2).setHeader("threads", r.constant(true));
            r.plain("credit");
        });
        add("wire tap with a saga of its own", r -> {
            r.saga().to("direct:order").wireTap("direct:audit").end().to("direct:credit");
            r.plain("order");
            r.plain("credit");
            r.from("direct:audit")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:note");
            r.plain("note");
        });
        add("loop with a choice", r -> {
            r.saga()
                    .loop(4)
                    .choice()
                    .when(r.simple("${exchangeProperty.CamelLoopIndex} == 1"))
                    .to("direct:hotel")
                    .when(r.simple("${exchangeProperty.CamelLoopIndex} == 3"))
                    .to("wire:flight")
                    .end()
                    .end()
                    .process(r.notes("end"));
            wired(r, "flight");
            r.plain("hotel");
            r.plain("flight");
        });
    }

    /** What a bean is given. */
    public record Booking(OthersRoutes routes) {

        public String book(@Body String body, @Header("id") int id, Exchange exchange) throws Exception {
            exchange.setProperty("booking", "B" + id);
            routes.does("order").process(exchange);
            return body + " booked as " + id;
        }
    }

    private void messages() {
        add("a bean with body and header", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.step("order").bean(new Booking(r), "book");
            r.plain("credit");
        });
        add("out instead of in", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.plain("order").process(exchange -> {
                exchange.getMessage().setBody(null);
                exchange.getMessage().removeHeaders("*");
                exchange.getMessage().setHeader("only", new BigDecimal("1.10"));
            });
            r.plain("credit");
        });
        add("properties and variables of many kinds", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.plain("order").process(exchange -> {
                exchange.setProperty("nested", Map.of("list", List.of(1, 2L), "none", List.of()));
                exchange.setVariable("global", new byte[] {1});
                exchange.setProperty("gone", "x");
            });
            r.plain("credit").removeProperty("gone").setVariable("more", r.simple("${body}"));
        });
        add("a file is fetched", r -> {
            Path directory = Files.createDirectories(Path.of("target", "others-files"));
            Files.writeString(directory.resolve("price.txt"), "12");
            r.saga().to("direct:price").to("direct:hotel").process(r.notes("end"));
            r.step("price")
                    .pollEnrich(
                            "file:" + directory + "?noop=true&idempotent=false&fileName=price.txt",
                            0,
                            (original, file) -> {
                                original.getIn()
                                        .setHeader("price", file.getMessage().getBody(String.class));
                                return original;
                            })
                    .process(r.does("price"));
            r.plain("hotel");
        });
        add("idempotent consumer before the saga", r -> {
            r.from("direct:start")
                    .idempotentConsumer(r.header("id"), MemoryIdempotentRepository.memoryIdempotentRepository())
                    .to("direct:saga");
            r.from("direct:saga").saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.plain("order");
            r.plain("credit");
        });
        add("a step by HTTP in only", r -> {
            r.saga()
                    .to(ExchangePattern.InOnly, "wire:hotel")
                    .to("direct:flight")
                    .delay(100)
                    .to("direct:car");
            wired(r, "hotel");
            r.plain("hotel");
            r.plain("flight");
            r.plain("car");
        });
        add("a validation fails in a step", r -> {
            r.saga().to("direct:order").to("direct:credit");
            r.plain("order");
            r.plain("credit").validate(r.header("id").isEqualTo(8));
        });
        add("transform, script and sort in a step", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.plain("order")
                    .setBody(r.constant("c,a,b"))
                    .sort(r.body().tokenize(","))
                    .transform(r.simple("${body[0]} of ${header.id}"))
                    .setHeader("length", r.simple("${body.length}", Integer.class));
            r.plain("credit");
        });
    }
}
