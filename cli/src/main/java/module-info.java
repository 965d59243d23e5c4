/** The {@code sluice} command. */
module dev.sluice.cli {
  requires static transitive org.jspecify;
  requires dev.sluice.embedded;
  requires dev.sluice.jdbc;
  requires info.picocli;
  requires java.logging;

  exports dev.sluice.cli;

  opens dev.sluice.cli to
      info.picocli;
}
