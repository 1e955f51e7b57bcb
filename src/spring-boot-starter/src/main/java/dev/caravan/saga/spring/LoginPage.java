package dev.caravan.saga.spring;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.MediaType;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.HtmlUtils;

/** The forms of the console at which a browser logs in and out. The application's own are elsewhere. */
final class LoginPage extends OncePerRequestFilter {

    static final String LOGIN = "/caravan/login";
    static final String LOGOUT = "/caravan/logout";

    private static final String PAGE = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Sagas</title>
            <meta name="viewport" content="width=device-width">
            <style>body{font-family:sans-serif;max-width:20rem;margin:4rem auto;padding:0 1rem}
            input,button{display:block;width:100%%;box-sizing:border-box;margin:.5rem 0 1rem;padding:.5rem}</style>
            </head><body><main><h1>Sagas</h1>%s<form method="post">
            <input type="hidden" name="%s" value="%s">%s</form></main></body></html>
            """;
    private static final String FIELDS = """
            <label>Name <input name="username" autocomplete="username" required autofocus></label>
            <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
            <button type="submit">Log in</button>""";

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        CsrfToken token = (CsrfToken) request.getAttribute(CsrfToken.class.getName());
        if (token == null || !request.getMethod().equals("GET")) {
            chain.doFilter(request, response);
        } else if (path.equals(LOGIN)) {
            write(response, token, notice(request.getQueryString()), FIELDS);
        } else if (path.equals(LOGOUT)) {
            write(response, token, "", "<button type=\"submit\">Log out</button>");
        } else {
            chain.doFilter(request, response);
        }
    }

    private static String notice(String query) {
        if ("error".equals(query)) {
            return "<p role=\"alert\">Name or password are wrong</p>";
        }
        return "logout".equals(query) ? "<p role=\"status\">You have logged out</p>" : "";
    }

    private static void write(HttpServletResponse response, CsrfToken token, String notice, String fields)
            throws IOException {
        response.setContentType(MediaType.TEXT_HTML_VALUE + ";charset=UTF-8");
        response.getOutputStream()
                .write(PAGE.formatted(notice, token.getParameterName(), HtmlUtils.htmlEscape(token.getToken()), fields)
                        .getBytes(StandardCharsets.UTF_8));
    }
}
