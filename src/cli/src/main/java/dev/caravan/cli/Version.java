package dev.caravan.cli;

import picocli.CommandLine.IVersionProvider;

/** That of the jar. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"caravan " + (version == null ? "of a build" : version)};
    }
}
