package dev.sluice.proxy;

import dev.sluice.proxy.config.ProxyConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** A sidecar as a process: its pidfile, its signals, and its end. */
final class SidecarProcess {
  private SidecarProcess() {}

  /**
   * Runs a sidecar. Blocks until an operator ends it, or until the thread is interrupted.
   *
   * @throws IOException if it cannot start
   */
  static void run(ProxyConfig config, OwnConfig own, ServeOptions options, PrintStream err)
      throws IOException {
    Optional<Path> pidfile = config.settings().pidfile();
    if (pidfile.isPresent()) {
      requireNobody(pidfile.get());
    }
    try (Sidecar sidecar = Sidecar.start(config, own, err, options)) {
      new Signals(sidecar).install();
      if (pidfile.isPresent()) {
        Files.writeString(pidfile.get(), options.processId() + "\n");
      }
      sidecar.ended().toCompletableFuture().join();
    } finally {
      if (pidfile.isPresent()) {
        Files.deleteIfExists(pidfile.get());
      }
    }
  }

  private static void requireNobody(Path pidfile) throws IOException {
    String text;
    try {
      text = Files.readString(pidfile).strip();
    } catch (NoSuchFileException e) {
      return;
    }
    Optional<ProcessHandle> owner;
    try {
      owner = ProcessHandle.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new IOException("pidfile " + pidfile + " has no process id in it: remove it");
    }
    if (owner.filter(ProcessHandle::isAlive).isPresent()) {
      throw new IOException(
          "pidfile " + pidfile + " names process " + text + ", which runs: stop that one first");
    }
  }
}
