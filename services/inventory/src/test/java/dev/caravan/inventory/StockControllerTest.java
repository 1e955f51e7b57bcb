package dev.caravan.inventory;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.web.servlet.MockMvc;

@SpringBootTest(
        classes = InventoryTestApplication.class,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:stock;MODE=PostgreSQL",
            "spring.mvc.problemdetails.enabled=true"
        })
@AutoConfigureMockMvc
class StockControllerTest {

    @Autowired
    MockMvc http;

    @Test
    void showsTheStockOfAProduct() throws Exception {
        http.perform(get("/api/stock/GRINDER"))
                .andExpect(status().isOk())
                .andExpect(content().json("{\"productId\":\"GRINDER\",\"available\":10,\"reserved\":0}"));
    }

    @Test
    void answersAnUnknownProductWithAProblem() throws Exception {
        http.perform(get("/api/stock/TEAPOT"))
                .andExpect(status().isNotFound())
                .andExpect(content().contentType("application/problem+json"))
                .andExpect(jsonPath("$.detail").value("There is no product TEAPOT"));
    }
}
