package dev.caravan.interop;

import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.eclipse.microprofile.lra.annotation.AfterLRA;
import org.eclipse.microprofile.lra.annotation.Compensate;
import org.eclipse.microprofile.lra.annotation.Complete;
import org.eclipse.microprofile.lra.annotation.LRAStatus;
import org.eclipse.microprofile.lra.annotation.ws.rs.LRA;

/** A participant as any MicroProfile LRA application has it; nothing here knows of Camel. */
@Path("/stock")
public class StockResource {

    private final Journal journal;

    StockResource(Journal journal) {
        this.journal = journal;
    }

    /** Joins the LRA of who calls. */
    @PUT
    @Path("/reserve")
    @LRA(value = LRA.Type.MANDATORY, end = false)
    public Response reserve(@HeaderParam(LRA.LRA_HTTP_CONTEXT_HEADER) URI lra) {
        journal.add("stock reserved");
        return Response.ok(lra.toString()).build();
    }

    /** Starts an LRA, calls a service, and closes the LRA or, after a failure, cancels it. */
    @POST
    @Path("/order")
    @LRA(value = LRA.Type.REQUIRES_NEW)
    public Response order(
            @HeaderParam(LRA.LRA_HTTP_CONTEXT_HEADER) URI lra,
            @QueryParam("service") URI service,
            @QueryParam("fail") boolean fail)
            throws IOException, InterruptedException {
        journal.add("stock reserved");
        HttpRequest request = HttpRequest.newBuilder(service)
                .header(LRA.LRA_HTTP_CONTEXT_HEADER, lra.toString())
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        int status = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
        return Response.status(fail || status != 200 ? 500 : 200)
                .entity(String.valueOf(status))
                .build();
    }

    @PUT
    @Path("/compensate")
    @Compensate
    public Response compensate(@HeaderParam(LRA.LRA_HTTP_CONTEXT_HEADER) URI lra) {
        journal.add("stock released");
        return Response.ok().build();
    }

    @PUT
    @Path("/complete")
    @Complete
    public Response complete(@HeaderParam(LRA.LRA_HTTP_CONTEXT_HEADER) URI lra) {
        journal.add("stock confirmed");
        return Response.ok().build();
    }

    @PUT
    @Path("/after")
    @AfterLRA
    public Response after(@HeaderParam(LRA.LRA_HTTP_ENDED_CONTEXT_HEADER) URI lra, LRAStatus status) {
        journal.add("stock told " + status);
        return Response.ok().build();
    }
}
