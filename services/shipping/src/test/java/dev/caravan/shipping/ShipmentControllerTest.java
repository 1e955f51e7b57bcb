package dev.caravan.shipping;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.web.servlet.MockMvc;

@SpringBootTest(
        classes = ShippingTestApplication.class,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:shipments;MODE=PostgreSQL",
            "spring.mvc.problemdetails.enabled=true"
        })
@AutoConfigureMockMvc
class ShipmentControllerTest {

    @Autowired
    MockMvc http;

    @Autowired
    Shipping shipping;

    @Test
    void listsTheParcelOfAnOrder() throws Exception {
        shipping.prepare(new PrepareShipping("a", "ann", "DE", List.of(new Item("COFFEE", 2))));

        http.perform(get("/api/shipments").param("orderId", "a"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.length()").value(1))
                .andExpect(jsonPath("$[0].orderId").value("a"))
                .andExpect(jsonPath("$[0].status").value("PREPARED"))
                .andExpect(jsonPath("$[0].createdAt").isString())
                .andExpect(jsonPath("$[0].items[0].quantity").value(2));
    }

    @Test
    void listsNothingForAnOrderWithoutAParcel() throws Exception {
        http.perform(get("/api/shipments").param("orderId", "unheard-of"))
                .andExpect(status().isOk())
                .andExpect(content().json("[]"));
    }

    @Test
    void answersAMissingOrderIdWithAProblem() throws Exception {
        http.perform(get("/api/shipments"))
                .andExpect(status().isBadRequest())
                .andExpect(content().contentType("application/problem+json"))
                .andExpect(jsonPath("$.detail").value("Required parameter 'orderId' is not present."));
    }
}
