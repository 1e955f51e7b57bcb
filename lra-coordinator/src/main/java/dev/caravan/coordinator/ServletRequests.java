package dev.caravan.coordinator;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Has the requests filtered that come over HTTP. */
class ServletRequests extends HttpFilter {

    private static final long serialVersionUID = 1L;
    private static final int LARGEST_BODY = 65_536; // a few URLs

    private final transient CoordinatorFilter filter;

    ServletRequests(CoordinatorFilter filter) {
        this.filter = filter;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        filter.filter(new OverHttp(request, response), () -> chain.doFilter(request, response));
    }

    private record OverHttp(HttpServletRequest request, HttpServletResponse response) implements CoordinatorRequest {

        @Override
        public String method() {
            return request.getMethod();
        }

        @Override
        public String url() {
            return request.getRequestURL().toString();
        }

        @Override
        public String header(String name) {
            return request.getHeader(name);
        }

        @Override
        public String parameter(String name) {
            return request.getParameter(name);
        }

        @Override
        public boolean hasBody() {
            return request.getContentLength() > 0;
        }

        @Override
        public String body() throws IOException {
            byte[] bytes = request.getInputStream().readNBytes(LARGEST_BODY + 1);
            if (bytes.length > LARGEST_BODY) {
                throw new IllegalArgumentException("The body has more than " + LARGEST_BODY + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public void setHeader(String name, String value) {
            response.setHeader(name, value);
        }

        @Override
        public void answer(int status, String contentType, String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            response.setStatus(status);
            response.setContentType(contentType);
            response.setContentLength(bytes.length);
            response.getOutputStream().write(bytes);
        }
    }
}
