package dev.caravan.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Option;

/** Who does something. */
final class Operator {

    @Option(
            names = "--who",
            defaultValue = "${env:CARAVAN_WHO:-${sys:user.name}}",
            description = "Who you are, where there is no login; else CARAVAN_WHO, or your name here.")
    private String who;

    ObjectNode order(String why) {
        return Rest.JSON.createObjectNode().put("who", who).put("reason", why);
    }
}
