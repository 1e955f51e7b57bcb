package dev.caravan.saga.spring;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * What the REST interface refuses is a problem (RFC 9457), however the application has its own errors answered ({@code
 * spring.mvc.problemdetails.enabled}, advice of its own).
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
@RestControllerAdvice(
        assignableTypes = {
            SagaController.class,
            AccessController.class,
            ExportController.class,
            ActListController.class,
            OperatorController.class,
            StepQuestionController.class,
            AnswerController.class,
            BulkActController.class,
            ReplyLinkController.class,
            LraController.class,
            LraOperatorController.class,
            DeadLetterController.class
        })
class RefusalsAsProblems extends ResponseEntityExceptionHandler {}
