package dev.caravan.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program {@code caravan}. */
@Command(
        name = "caravan",
        description = "Sees and repairs sagas, over the REST interface of an application that runs them.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the application refused it, or there is no such saga",
            "2:the command line is wrong",
            "3:no answer; what was asked for may be done or not",
            "4:the login is wrong, or its role does not allow it"
        },
        subcommands = {
            ListSagas.class,
            ShowSaga.class,
            TailSagas.class,
            Act.Retry.class,
            Act.Resolve.class,
            Act.Cancel.class,
            Correct.class,
            Ask.class,
            Reply.class,
            Export.class,
            Lras.class
        })
public final class Caravan {

    /** Ends the process. */
    public static void main(String[] arguments) {
        System.exit(run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), arguments));
    }

    /**
     * Does one command.
     *
     * @return the exit code of the process
     */
    public static int run(PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine command = new CommandLine(new Caravan());
        command.setOut(out);
        command.setErr(err);
        // @ is for the body of a reply
        command.setExpandAtFiles(false);
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setExecutionExceptionHandler((failure, of, parsed) -> {
            if (failure instanceof Failure said) {
                of.getErr().println("caravan: " + Texts.plain(said.getMessage()));
                return said.exitCode();
            }
            throw failure;
        });
        return command.execute(arguments);
    }

    private Caravan() {}
}
