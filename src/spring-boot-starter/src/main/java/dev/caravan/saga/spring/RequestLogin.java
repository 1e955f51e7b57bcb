package dev.caravan.saga.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.util.ClassUtils;

/** Who has logged in, with Spring Security or with the servlet container. Spring Security need not be there. */
record RequestLogin(Principal who, HttpServletRequest request) {

    private static final String PREFIX = "ROLE_";
    private static final boolean SPRING_SECURITY = ClassUtils.isPresent(
            "org.springframework.security.core.context.SecurityContextHolder", RequestLogin.class.getClassLoader());

    /** @return {@code null}: nobody has */
    static @Nullable RequestLogin of(HttpServletRequest request) {
        Principal who = SPRING_SECURITY ? SpringSecurity.login() : null;
        if (who == null) {
            who = request.getUserPrincipal();
        }
        return who == null || SPRING_SECURITY && SpringSecurity.isAnonymous(who)
                ? null
                : new RequestLogin(who, request);
    }

    /** @param authority a role begins with {@code ROLE_} */
    boolean has(String authority) {
        return SPRING_SECURITY && SpringSecurity.has(who, authority)
                || authority.startsWith(PREFIX) && request.isUserInRole(authority.substring(PREFIX.length()));
    }

    private static final class SpringSecurity {

        static @Nullable Principal login() {
            Authentication login = SecurityContextHolder.getContext().getAuthentication();
            return login == null || !login.isAuthenticated() || isAnonymous(login) ? null : login;
        }

        static boolean isAnonymous(Principal who) {
            return who instanceof AnonymousAuthenticationToken;
        }

        static boolean has(Principal who, String authority) {
            return who instanceof Authentication login
                    && login.getAuthorities().stream().anyMatch(has -> authority.equals(has.getAuthority()));
        }
    }
}
