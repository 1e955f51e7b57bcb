package dev.caravan.saga.spring;

import java.util.function.Supplier;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;

/** Lets in who has logged in at the console. Spring Security 6 calls the one method, 7 the other: a lambda has but one. */
final class OnlyLogins implements AuthorizationManager<RequestAuthorizationContext> {

    @Override
    @SuppressWarnings({"deprecation", "removal"})
    public AuthorizationDecision check(Supplier<Authentication> login, RequestAuthorizationContext context) {
        return decide(login.get());
    }

    @Override
    public AuthorizationResult authorize(Supplier<Authentication> login, RequestAuthorizationContext context) {
        return decide(login.get());
    }

    private static AuthorizationDecision decide(Authentication login) {
        return new AuthorizationDecision(
                login != null && login.isAuthenticated() && login.getPrincipal() instanceof UserDetails);
    }
}
