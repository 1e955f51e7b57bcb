package dev.caravan.saga.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What there is for who asks. */
@RestController
@RequestMapping("/api/sagas/access")
class AccessController {

    private final boolean operator;
    private final LraList lras;

    /** @param operator whether sagas can be repaired over HTTP */
    AccessController(boolean operator, LraList lras) {
        this.operator = operator;
        this.lras = lras;
    }

    /**
     * @param user {@code null} where there is no login
     * @param operator whether they may repair sagas
     * @param lras whether there is a coordinator whose LRAs can be seen
     */
    record Access(@Nullable String user, boolean operator, boolean lras) {}

    @GetMapping
    Access access(HttpServletRequest request) {
        Principal login = request.getUserPrincipal();
        return new Access(
                login == null ? null : login.getName(),
                operator
                        && (login == null
                                || request.isUserInRole("OPERATOR")
                                || Boolean.TRUE.equals(request.getAttribute(LoopbackGuard.IS_OPERATOR))),
                lras.hasCoordinator());
    }
}
