package dev.caravan.saga.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;

/** What somebody is told who could not log in: 401, or 429 with the time to wait. No session is made for him. */
final class LoginRefusals implements AuthenticationEntryPoint, AuthenticationFailureHandler {

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        if (failure instanceof TooManyAttemptsException tooMany) {
            response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(tooMany.seconds()));
            LoopbackGuard.refuse(response, HttpStatus.TOO_MANY_REQUESTS.value(), tooMany.getMessage());
        } else {
            LoopbackGuard.refuse(response, HttpStatus.UNAUTHORIZED.value(), "A login with name and password is needed");
        }
    }

    /** Of the form. */
    @Override
    public void onAuthenticationFailure(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        if (failure instanceof TooManyAttemptsException) {
            commence(request, response, failure);
        } else {
            response.sendRedirect(request.getContextPath() + LoginPage.LOGIN + "?error");
        }
    }
}
